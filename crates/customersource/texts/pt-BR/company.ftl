save = Salvar
cancel = Cancelar
search = Pesquisar
yes = Sim
no = Não
never = Nunca
copy = Copiar
copied = Copiado
page-first = Primeira página
send-invite = Enviar e-mail de convite
withdraw-invite = Retirar o convite
unreachable = Sem visita há 90 dias

personal-heading = Perfil pessoal
personal-invite-heading = Usar outro {$passport}
personal-invite-text = Verifique se o seu endereço de e-mail está correto e salvo. Depois de receber o e-mail, entre com o {$passport} que você quer usar e clique no link. Até lá tudo fica como está.

professionals-heading = Nossas contas do {$portal}
professionals-lead = Mantenha esta lista atualizada: todos os que estão aqui podem ser convidados a usar o {$portal} pela sua empresa.
professionals-add = Adicionar novos profissionais
professionals-export = Baixar como tabela (CSV)
professionals-search = Nome ou endereço de e-mail
professionals-none = Ninguém encontrado
only-everybody = Todos
only-never-signed-in = Nunca entrou
only-removed = Removido
professionals-all = Mostrar todos

history-heading = Histórico
history-lead = O que foi feito com os perfis da empresa {$company}, por quem e quando.

csv-first-name = Nome
csv-last-name = Sobrenome
csv-email = Endereço de e-mail
csv-standing = Situação
csv-last-visit = Última visita
csv-invitation = Último convite
csv-invited = Convidado em

standing-not-invited = Não convidado
standing-invited = Convidado
standing-associated = Associado
standing-expired = Convite expirado

fared-none = Nenhum
fared-on-its-way = A caminho
fared-sent = Enviado
fared-accepted = Aceito
fared-declined = Recusado: “Não fui eu”
fared-replaced = Substituído por um mais novo
fared-withdrawn = Retirado
fared-expired = Expirado
fared-undeliverable = Não entregue

person-first-name-wrong = Digite um nome de uma linha, com até 100 caracteres
person-last-name-wrong = Digite um sobrenome de uma linha, com até 100 caracteres
person-name-link = Digite um nome, sem endereço de e-mail nem link
person-administrator-hint = Os administradores gerenciam os perfis da sua empresa e o acesso deles.
person-invite = Enviar um e-mail de convite a este usuário do {$portal} para associar o {$network} dele a este perfil
person-invite-heading = Convite
person-invite-text = O e-mail vai para o endereço salvo: {$email}. Se você o mudou acima, salve primeiro.
person-access-heading = Acesso
person-end = Encerrar esta associação
person-end-text = O {$passport} perde este perfil imediatamente. O perfil continua e pode ser convidado de novo.
person-remove = Remover este perfil
person-unreachable = Ninguém usa o perfil deste administrador há 90 dias. Se a pessoa saiu, nomeie outro administrador ou escreva para
person-same-address = Outras pessoas da sua empresa têm o mesmo endereço de e-mail. Cada perfil recebe os seus próprios e-mails.
person-last-administrator = A sua empresa precisa de um administrador. Marque antes outra pessoa como Administrador. Se isso não for possível, o nosso suporte pode ajudar.
person-conflict = Outra pessoa salvou este perfil enquanto você o editava. Nada do que você digitou foi salvo. Compare e salve de novo se o seu estiver certo.
person-conflict-theirs = Isto está salvo agora; o formulário abaixo contém o que você digitou:

remove-heading = Remover este perfil?
remove-text = A pessoa perde o acesso imediatamente: a associação, as sessões abertas e os convites terminam. O que ela escreveu permanece.
remove-button = Remover

leave-heading = Desistir deste perfil
leave-text = O perfil de {$person} na empresa {$company} continua, mas o seu {$passport} não pode mais usá-lo. Um administrador da sua empresa pode convidar você de novo.
leave-last = Ninguém mais administra a empresa {$company}. Torne outra pessoa administradora antes: depois ninguém de lá poderá convidar pessoas nem mudar nada.
leave-last-text = O perfil de {$person} na empresa {$company} continua, mas o seu {$passport} não poderá mais usá-lo. Só o nosso suporte pode trazer você de volta.
leave-passport = Você entrou como {$label}.
leave-button = Desistir

done-saved = O perfil foi salvo.
done-saved-withdrawn = O perfil foi salvo. O endereço de e-mail mudou, por isso o convite enviado ao endereço antigo não vale mais. Envie outro abaixo.
done-added = O perfil foi adicionado. Nenhum e-mail foi enviado.
done-invited = O convite está a caminho.
done-saved-invited = O perfil foi salvo e o convite está a caminho.
done-added-invited = O perfil foi adicionado e o convite está a caminho.
done-saved-too-soon = O perfil foi salvo. Nenhum convite foi enviado, porque o último foi enviado há menos de um minuto.
done-saved-too-many = O perfil foi salvo. Nenhum convite foi enviado, porque já foram enviados a esta pessoa, ou pela sua empresa, tantos quantos podem ser por enquanto. “Enviar e-mail de convite” nesta página diz quando o próximo pode sair.
done-saved-declined = O perfil foi salvo. Nenhum convite foi enviado, porque quem lê este endereço de e-mail disse que o último não era para si. Verifique o endereço; ele pode ser convidado de novo um dia depois.
done-withdrawn = O convite foi retirado. O link dele não funciona mais.
done-ended = A associação foi encerrada.
done-removed = O perfil foi removido.
done-too-soon = O último convite foi enviado há menos de um minuto. Nada foi enviado.
done-declined = Quem recebe os e-mails deste endereço disse que o último convite era para outra pessoa. Verifique o endereço; é possível convidar de novo depois de um dia. Nada foi enviado.
done-nothing = Não havia mais nada a fazer.

not-administrator-heading = Só para administradores
not-administrator-text = O perfil que você está usando não administra a empresa. Pergunte a um administrador. Se você tem vários perfis, talvez outro administre.

switch-heading = Trocar de perfil

decline-heading = Não fui eu
decline-text = Você recebeu um e-mail do {$portal} com um link para um perfil na empresa {$company} sem ter pedido. Avise-nos, e o link deixa de funcionar.
decline-sure = Eu não pedi isto, ou não é para mim
decline-tick = Marque a caixa para dizer que não foi você
decline-button = Recusar
declined-heading = Obrigado por avisar
declined-text = O link não funciona mais, e os administradores da empresa são avisados.

undo-heading = Encerrar uma associação
undo-text = O perfil de {$person} na empresa {$company} no {$portal} foi associado por um convite. Se não foi a pessoa certa, encerre: o {$passport} perde o perfil imediatamente.
undo-done = O perfil de {$person} na empresa {$company} no {$portal} não está mais associado.

link-taken-heading = Este perfil está em uso
link-taken-text = Ele já está associado a outro {$passport}. Entre com esse outro, ou peça um convite a um administrador da sua empresa.
link-other-address-heading = Este {$passport} tem outro endereço de e-mail
link-other-address-text = Um perfil só pode ser associado a um {$passport} cujo endereço de e-mail verificado seja o que está registrado para o perfil. Saia, entre com esse {$passport} e abra o link de novo. Ele ainda pode ser usado.
link-not-for-staff-heading = Não com uma conta da equipe
link-not-for-staff-text = Você entrou com um {$passport} da nossa equipe, e a equipe não age pelos clientes. O link ainda pode ser usado por quem o recebeu.
sign-in-not-recent-heading = Digite a sua senha de novo
sign-in-not-recent-text = Para esta página é preciso digitar a senha de novo, e isso não aconteceu. Nada mudou. Vá à página inicial e tente de novo.

unreachable-company = Ninguém que administra {$company} usou o {$portal} nos últimos 90 dias. Se o seu administrador do {$portal} não está mais na sua organização, fale conosco para designar outra pessoa como administrador:
unreachable-staff = Nenhum administrador desta empresa usou o portal nos últimos 90 dias. Se alguém pedir, abra um caso abaixo.
done-saved-asked = Salvo. O novo endereço de e-mail passa a valer quando você abrir o link que enviamos para ele, em até 24 horas. Até lá, tudo vai para o atual.
done-address = O novo endereço de e-mail já está valendo. O anterior foi avisado.
personal-waits = {$email} ainda não foi confirmado: abra o link que enviamos para lá. Salve-o de novo para receber outro.
address-heading = Confirmar o novo endereço de e-mail
address-new = Novo endereço de e-mail
address-former = Endereço de e-mail atual
address-text = Os links e avisos sobre este perfil passarão a chegar ao novo endereço. O atual será avisado.
address-button = Usar este endereço
address-gone-heading = Este link não funciona aqui
address-gone-text = Ele pode ser antigo demais, já ter sido usado ou ter sido substituído por um mais novo. Ou pertence a outro perfil ou {$passport}: entre com aquele que tem o perfil, escolha esse perfil e abra o link de novo. Você pode informar o endereço de novo em Minha conta, Perfil pessoal.
done-saved-asked-person = Salvo. O novo endereço de e-mail passa a valer quando essa pessoa abrir, em até 24 horas, o link que enviamos para ele, depois de entrar com o {$passport} que tem o perfil. Até lá, tudo vai para o endereço atual.
person-waits = {$email} ainda não foi confirmado: a pessoa precisa abrir o link que enviamos para lá, depois de entrar com o {$passport} que tem o perfil. Não importa se ela ainda recebe e-mails no endereço atual. Se ela não tem mais esse {$passport}, encerre a associação abaixo; então um novo endereço vale na hora e você pode enviar um convite para ele.
changes-too-many-heading = Alterações demais
changes-too-many-until = Você alterou muita coisa na última hora. Isto não foi salvo, e nada se perde: você pode enviar de novo {$until}.
letters-too-many-heading = E-mails demais
letters-too-many-until = Isto enviaria um e-mail, e muitos já foram enviados há pouco. Nada mudou, e nada se perde: você pode enviar de novo {$until}.
sign-in-not-strong-heading = Aqui é preciso mais do que uma senha
sign-in-not-strong-text = Para esta página é preciso provar em duas etapas quem você é, e isso não aconteceu. Nada mudou. Configure a segunda etapa no seu Passport, depois vá à página inicial e tente de novo.
error-prove-more-heading = Aqui é preciso mais do que uma senha
error-prove-more-text = Isto altera algo importante, por isso é preciso provar em duas etapas quem você é. Nada foi salvo e nada se perdeu: o que você digitou está guardado nesta página. Faça a segunda etapa em uma nova aba, volte aqui e clique em “Enviar de novo”.

second-step-heading = Uma segunda etapa para todos
second-step-lead = Você pode pedir que todos que usam o {$portal} pela empresa {$company} provem quem são com mais do que uma senha: com uma chave de acesso ou com um código de um aplicativo autenticador.
second-step-text = Até o dia que você escolher, todos podem configurá-la com calma no {$passport}. A partir desse dia, quem não tiver nenhuma a configura no caminho para as páginas da sua empresa; os outros perfis da pessoa continuam abertos. Todos recebem um e-mail. Primeiro, você mesmo faz a segunda etapa.
second-step-days = A partir de quando?
second-step-days-count = Em {$days} dias: {$day}
second-step-days-wrong = Escolha um dos dias.
second-step-ask = Pedir uma segunda etapa
second-step-stop = Não pedir mais
second-step-from = A partir de {$day}, a sua empresa pede uma segunda etapa.
second-step-since = A sua empresa pede uma segunda etapa desde {$day}.
second-step-ahead = A partir de {$day}, a empresa {$company} pede uma segunda etapa quando você entra.
second-step-prove = Configurar ou usar agora
done-second-step = Todos recebem um e-mail que diz a partir de quando.
done-no-second-step = Uma senha basta novamente. Todos recebem um e-mail.
