portal-name = {$portal}
passport-site = Site do {$passport}
nav-home = Página inicial
nav-faq = Perguntas frequentes
nav-account = Minha conta
nav-staff = Páginas da equipe
sign-in = Entrar
sign-up = Cadastrar-se
continue = Continuar
administrator = Administrador
crumbs-label = Caminho da página
notice-done = Pronto:
notice-warning = Atenção:
another-passport = Entrar com outro {$passport}
switch-text = Para trocar de perfil, feche o navegador e abra-o de novo, ou saia do {$passport} e entre outra vez.

fact-profile = Perfil
fact-company = Empresa
fact-email = Endereço de e-mail
fact-passport = {$passport}
fact-plan = Plano
fact-plan-until = {$plan}, até {$day}
fact-plan-none = Não é necessário

welcome-heading = Bem-vindo ao {$portal}
welcome-lead = O {$portal} é o site dos clientes {$dynamics} que têm um plano de serviço, de suporte ou de aprimoramento. Parceiros e funcionários da {$dynamics} também têm acesso.
lock-heading = O conteúdo deste site é restrito
lock-text = Entre com o seu {$passport} para vê-lo.
lock-help = Não consegue entrar?
welcome-first-heading = É a sua primeira visita?
welcome-first-text = Você associa o seu {$passport} ao seu perfil do {$dynamics} uma única vez; são dez passos curtos.

home-heading = Página inicial
home-lead = Olá, {$person}. Você está usando o {$portal} pela empresa {$company}.
home-others-heading = Seus outros perfis
news-updates = Atualizações recentes dos seus produtos
news-updates-none = Nenhuma novidade nos últimos dois meses.
news-courses = Seus cursos
news-courses-none = Você ainda não tem vaga em nenhum curso.
news-threads = Não lidos nos grupos de notícias
news-threads-none = Você está em dia com a leitura.
news-invitations = Convites em aberto da sua empresa
news-invitations-none = Nenhum convite está esperando resposta.
news-invitation-until = pode ser aceito até {$day}

account-heading = Informações da conta
account-profiles = Perfis associados ao seu {$passport}
account-since = Desde
account-state = Situação
account-in-use = Em uso
account-associated = Associado
account-add = Adicionar outro perfil

locked-heading = O seu plano de serviço atual não dá acesso
locked-plan-heading = O plano da sua empresa
locked-ended = O plano “{$plan}” da sua empresa terminou em {$day}.
locked-begins = O plano “{$plan}” da sua empresa começa em {$day}.
locked-inactive = O plano “{$plan}” da sua empresa não está ativo.
locked-runs = A sua empresa tem o plano “{$plan}”.
locked-runs-until = A sua empresa tem o plano “{$plan}” até {$day}.
locked-none = Não temos nenhum plano de serviço, de suporte ou de aprimoramento registrado para {$company}.
locked-association = O seu perfil continua associado ao seu {$passport}. Assim que o plano for renovado, você poderá usar o {$portal} de novo, sem fazer mais nada.
locked-ask-heading = Com quem falar
locked-ask-administrators = Os administradores da empresa {$company} podem informar sobre o plano:
locked-ask-self = Você administra a empresa {$company}: o seu parceiro {$dynamics} pode informar quais planos existem.
locked-ask-support = O seu parceiro {$dynamics} pode renovar ou mudar o plano. Se você acha que isto é um engano, escreva para

associate-heading = Associação de conta
associate-signed-in = Você entrou como {$label}. Este {$passport} ainda não está associado ao perfil que você vai procurar.
associate-email = Endereço de e-mail
associate-email-hint = Use o endereço de e-mail informado à {$dynamics} quando a sua solução foi registrada. Ele pode ou não ser o mesmo endereço da sua conta {$passport}.
associate-email-empty = Digite um endereço de e-mail
associate-email-malformed = Digite um endereço de e-mail no formato nome@exemplo.com.br
associate-unknown = Se você não sabe qual é o endereço de e-mail da sua conta {$dynamics}, pergunte a
associate-by-invitation = Aqui os perfis são associados por convite: peça um e-mail de convite a um administrador da sua empresa e clique no link dele. Se você não sabe quem é o administrador, escreva para

sent-heading = Confira o seu e-mail
sent-text = Obrigado. Você vai receber um e-mail com mais instruções sobre como entrar nesta extranet.
sent-to = Você digitou {$email}.
sent-next = Vá à caixa de entrada do endereço que você digitou. Se o endereço pertence a vários perfis, você vai receber um e-mail para cada um deles.
sent-nothing = Olhe também na pasta de lixo eletrônico. Se nada chegar em meia hora, escreva para
sent-again = Enviar o e-mail de novo
sent-again-done = Pedimos o e-mail mais uma vez. Só o link do mais recente funciona.
sent-another = Digitar outro endereço de e-mail

invitation-heading = Você recebeu um convite
invitation-by = {$host} convida você a usar o {$portal} pela empresa {$company}.
invitation-by-company = A empresa {$company} convida você a usar o {$portal}.
invitation-by-support = Nosso suporte convida você a usar o {$portal} pela empresa {$company}.
invitation-by-oneself = Você pediu para usar outro {$passport} no seu perfil na empresa {$company}.
invitation-passport = Entre com o {$passport} que você quer usar. Qualquer um seu serve, seja qual for o e-mail dele.
invitation-signed-in = Você entrou como {$label}. A senha será pedida mais uma vez.
invitation-new-heading = Ainda não tem um {$passport}?
invitation-new = Escolha uma senha e uma pergunta secreta; depois você volta para cá, já conectado.

confirm-heading = Associar este perfil?
confirm-text = Confira se este é o seu perfil e se este é o {$passport} que você quer usar com ele.
confirm-moves = Este perfil está associado a outro {$passport}. Se você continuar, o outro o perde, e o endereço de e-mail do perfil e os administradores da empresa são avisados.
confirm-button = Associar

wrong-heading = Este link pertence a outro {$passport}
wrong-text = Você entrou como {$label}. O link foi pedido com um {$passport} diferente, e só ele pode usá-lo.
wrong-usable = Nada se perdeu: o link ainda pode ser usado.
wrong-own = Ou peça um link para você:

done-heading = Associação concluída
done-text = Você associou com sucesso o seu {$passport} ao seu perfil do {$dynamics}.
done-future = Da próxima vez que usar o {$portal}, basta entrar com o nome e a senha deste {$passport}.
done-more = Se você recebeu mais de um e-mail, clique no link de cada um deles.
done-go-on = Ir para o {$portal}

already-heading = Já está associado
already-text = Você já usou este link: o perfil está associado ao seu {$passport}.

dead-link-heading = Este link não funciona
dead-link-unknown = Não conhecemos este link. Talvez ele tenha sido copiado só em parte: deve estar em uma linha, sem faltar nada no fim.
dead-link-used = Este link já foi usado. Cada link funciona uma única vez.
dead-link-expired = Este link é antigo demais.
dead-link-replaced = Um e-mail mais novo substituiu este link. Use o link do mais recente.
dead-link-withdrawn = Este link foi retirado, ou o perfil a que ele servia mudou.
dead-link-do = Você pode pedir um novo link. Se um administrador da sua empresa convidou você, peça outro convite.
dead-decline-used = Alguém já usou este convite.
dead-decline-used-do = Se não foi você, escreva para nós imediatamente: outra pessoa lê seus e-mails.
dead-decline-do = Não há mais o que recusar: ninguém pode mais usar este convite.
dead-undo-do = Ele só vale para quem administra a empresa, e só enquanto o perfil for usado pelo Passport de que o e-mail tratava. Se algo estiver errado, escreva para nós.
dead-link-ask = Pedir um novo link

locked-written-heading = Isto está bloqueado para você agora
locked-written-text = Nada foi enviado e nada se perdeu: o que você digitou está guardado nesta página. Veja em uma nova aba o que está impedindo o acesso e a quem pedir ajuda. Quando isso mudar, volte aqui e clique em “Enviar de novo”.
form-profile-first-heading = Primeiro escolha um perfil
form-profile-first-text = Nada foi salvo e nada se perdeu: o que você digitou está guardado nesta página. Escolha em uma nova aba qual perfil está usando, volte aqui e clique em “Enviar de novo”.
error-chosen-other-heading = Esta visita já usa outro dos seus perfis
error-chosen-other-text = Nada mudou. Para usar o que você escolheu aqui, saia e entre de novo.
error-closed-meanwhile-heading = Isto foi fechado há pouco
error-closed-meanwhile-text = Nada foi salvo: terminou, foi fechado ou não é mais para o seu perfil.
choose-heading = Selecione um perfil
choose-text = O seu {$passport} está associado a mais de um perfil do {$dynamics}. Selecione qual deles usar nesta visita.

signed-out-heading = Você saiu
signed-out-everywhere = Você saiu do {$portal} e do {$passport}.
signed-out-here = Você saiu do {$portal}. Se outras pessoas usam este computador, saia também do {$passport}.
signed-out-still-heading = Você ainda não saiu
signed-out-still = Para sair, use “Sair” no alto da página.
signed-out-again = Entrar de novo

sign-in-lost-heading = Não é possível concluir esta entrada
sign-in-lost-text = Ela demorou demais, já foi concluída ou começou em outro navegador. Nada mudou. Vá à página inicial e entre de novo.
sign-in-refused-heading = Não conseguimos fazer a sua entrada
sign-in-refused-text = Não foi possível verificar o que o {$passport} nos informou, e paramos por segurança. Vá à página inicial e entre de novo; se acontecer outra vez, fale com o suporte e informe a referência abaixo.
sign-in-cancelled-heading = Você não entrou
sign-in-cancelled-text = Você cancelou no {$passport}. Nada mudou; entre quando quiser.
sign-in-not-fresh-heading = Digite a sua senha de novo
sign-in-not-fresh-text = Para usar um link de e-mail é preciso digitar de novo a senha do {$passport}, e isso não aconteceu. O link ainda pode ser usado: clique nele outra vez.
