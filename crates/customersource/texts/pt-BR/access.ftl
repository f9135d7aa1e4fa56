lock-page-heading = Esta página é restrita
lock-box-anonymous-heading = O conteúdo desta página é restrito
lock-box-anonymous = Entre com o seu {$passport} para vê-lo.
lock-box-plan-heading = O seu plano de serviço atual não permite o acesso a esta informação
lock-box-plan = Para ver isto, a sua empresa precisa de outro plano.
lock-box-no-plan = Assim que a sua empresa tiver um plano vigente, você poderá ver isto de novo.
lock-box-elsewhere-heading = Não disponível onde a sua empresa está
lock-box-elsewhere = A disponibilidade do {$portal} pode variar conforme o local.
lock-box-audience-heading = Não se destina ao seu perfil
lock-box-audience = Isto se destina a outras empresas, a usuários de outro produto ou somente a administradores.
others-may = Outro perfil seu pode ver isto:
elsewhere-heading = O {$portal} não está disponível na sua região
elsewhere-text = Segundo os nossos registros, a empresa {$company} está em {$region}. O {$portal} não está disponível lá.
elsewhere-unknown = Não temos registrada a região da empresa {$company}.
elsewhere-ask = Se for um engano, escreva para

why-heading = Por que não consigo entrar?
why-lead = O que é preciso para entrar, e o que falta:
why-all-met = Não falta nada: você pode usar o {$portal}.
why-several = Você tem mais de um perfil. Veja o que cada um permite hoje e selecione um para continuar.
why-met = Em ordem
why-missing = Falta
why-open = Ainda não se sabe
why-account = Conta
why-account-ok = Você entrou como {$label}.
why-profile = Perfil
why-profile-ok = {$person}, {$company}
why-profile-unknown = Não sabemos qual perfil do {$dynamics} é o seu. O seu parceiro ou o administrador da sua empresa cadastra o seu nome e endereço de e-mail.
why-profile-gone = O perfil que o seu {$passport} tinha foi removido, ou a empresa foi encerrada.
why-association = Associação
why-association-ok = Desde {$day}
why-association-none = O seu {$passport} ainda não está associado a um perfil. Peça um convite, ou digite o endereço de e-mail do seu perfil na página de associação da conta.
why-association-idle = Ela ainda existe, mas o perfil não pode mais ser usado.
why-association-ended = O seu {$passport} estava associado a um perfil e não está mais.
why-plan = Plano
why-plan-unknown = Depende da sua empresa.
why-available = Disponibilidade
why-available-ok = O {$portal} está disponível onde a sua empresa está.
why-ask-administrators = Os administradores da sua empresa podem ajudar. Você pode enviar este e-mail a eles:
why-ask-support = O administrador da sua empresa ou o nosso suporte pode ajudar. Você pode enviar este e-mail:
why-letter-subject = Acesso ao {$portal}
why-letter =
    Olá,
    gostaria de usar o {$portal} pela nossa empresa. Entro como {$label}.
    Por favor, verifique em Minha conta, Informações da conta, Nossas contas do {$portal} se tenho um perfil com o meu endereço de e-mail atual e envie-me um convite.
    Obrigado
why-ask-partner = O parceiro {$dynamics} da sua empresa renova e muda planos. Você pode enviar este e-mail a ele:
why-ask-available = Só o nosso suporte pode dizer quando isto vai mudar. Você pode enviar este e-mail:
why-letter-plan =
    Olá,
    uso o {$portal} pela empresa {$company} e entro como {$label}. O site diz que a {$company} não tem um plano em vigor.
    Por favor, verifique o plano e peça a renovação se ele terminou.
    Obrigado
why-letter-available =
    Olá,
    entro no {$portal} como {$label} pela empresa {$company}. O site diz que não está disponível onde a {$company} está.
    Por favor, diga-me se isso está certo e se vai mudar.
    Obrigado
why-write = Escrever este e-mail

maintenance-heading = Fechado para manutenção
maintenance-until = O {$portal} está em manutenção até {$until}.
maintenance-form-kept = Nada se perde. Envie o seu formulário de novo depois disso, por favor.
maintenance-nothing-lost = Nada se perde. Volte mais tarde, por favor.
maintenance-planned = O {$portal} ficará fechado para manutenção de {$from} até {$until}.
maintenance-window = Fechado para manutenção de {$from} até {$until}
planned-heading = Manutenção planejada
planned-lead = O {$portal} não estará disponível nestes horários:
planned-none = Não há manutenção planejada.
