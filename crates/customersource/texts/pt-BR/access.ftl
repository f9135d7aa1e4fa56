lock-page-heading = Esta página é restrita
lock-box-anonymous-heading = O conteúdo desta página é restrito
lock-box-anonymous = Entre com o seu {$passport} para vê-lo.
lock-box-plan-heading = O seu plano de serviço atual não permite o acesso a esta informação
lock-box-plan = A sua empresa precisa de outro plano para vê-la. O seu parceiro {$dynamics} sabe qual.
lock-box-elsewhere-heading = Não disponível onde a sua empresa está
lock-box-elsewhere = A disponibilidade do {$portal} pode variar conforme o local.
lock-box-audience-heading = Destinado a outros
lock-box-audience = Isto é para parceiros ou funcionários.
elsewhere-heading = O {$portal} não está disponível na sua região
elsewhere-text = Consta que a empresa {$company} está em {$region}. O {$portal} não está disponível lá.
elsewhere-unknown = Não consta a região da empresa {$company}.
elsewhere-ask = Se for um engano, escreva para

why-heading = Por que não consigo entrar?
why-lead = O que é preciso para entrar, e o que falta:
why-all-met = Não falta nada: você pode usar o {$portal}.
why-met = Em ordem
why-missing = Falta
why-account = Conta
why-account-ok = Você entrou como {$label}.
why-profile = Perfil
why-profile-ok = {$person}, {$company}
why-profile-unknown = Não sabemos qual perfil do {$dynamics} é o seu. O seu parceiro ou o administrador da sua empresa cadastra o seu nome e endereço de e-mail.
why-profile-gone = O perfil que o seu {$passport} tinha foi removido, ou a empresa foi encerrada.
why-association = Associação
why-association-ok = Desde {$day}
why-association-none = O seu {$passport} ainda não está associado a um perfil. Peça um convite, ou digite o endereço de e-mail do seu perfil na página de associação da conta.
why-association-idle = Ela ainda existe, mas não leva a nada.
why-association-ended = O seu {$passport} tinha um perfil e não o tem mais.
why-plan = Plano
why-plan-lapsed = “{$plan}”, até {$day}: não vale hoje.
why-plan-unknown = Depende da sua empresa.
why-available = Disponibilidade
why-available-ok = O {$portal} está disponível onde a sua empresa está.
why-ask-administrators = Os administradores da sua empresa podem ajudar. Um e-mail que você pode enviar a eles:
why-ask-support = O administrador da sua empresa ou o nosso suporte pode ajudar. Um e-mail que você pode enviar:
why-letter-subject = Acesso ao {$portal}
why-letter =
    Olá,
    gostaria de usar o {$portal} pela nossa empresa. Entro como {$label}.
    Por favor, verifique em Minha conta, Informações da conta, Nossas contas do {$portal} se tenho um perfil com o meu endereço de e-mail atual e envie-me um convite. Verifique também se o nosso plano está em vigor.
    Obrigado
why-write = Escrever este e-mail

maintenance-heading = Fechado para manutenção
maintenance-until = O {$portal} está em manutenção até {$until}.
maintenance-nothing-lost = Nada se perde. Volte depois, por favor.
maintenance-planned = O {$portal} fica fechado para manutenção de {$from} até {$until}.
planned-heading = Manutenção planejada
planned-lead = Nestes horários o {$portal} não pode ser usado:
planned-none = Não há manutenção planejada.
