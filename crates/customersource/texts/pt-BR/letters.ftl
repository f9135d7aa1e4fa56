staff-mail-heading = “Não recebi o e-mail”
staff-mail-lead = O que aconteceu com cada e-mail para um endereço e o que fazer.
staff-mail-label = Endereço de e-mail ou nome
staff-mail-nobody = Ninguém cadastrado
staff-mail-nobody-hint = Nenhum perfil tem isso. Pergunte como a empresa o escreve. Se a pessoa não existe, procure a empresa dela e adicione-a lá.
staff-mail-company = Procurar uma empresa
staff-mail-address = O que foi enviado para {$email}
staff-mail-nothing = Nada foi enviado para lá nos últimos 60 dias, e ninguém pediu um link para esse endereço nos últimos 30.
staff-mend = Corrigir o endereço
staff-mend-heading = Corrigir o endereço de e-mail
staff-mend-text = O endereço atual será avisado, e os links enviados para lá deixarão de funcionar.
staff-mend-same = Este é o endereço atual
staff-add-heading = Adicionar uma pessoa
staff-add-text = Um novo perfil na empresa {$company}, como se um administrador o tivesse adicionado.
staff-reason-wrong = Digite um motivo de 3 a 1000 caracteres
mailing-heading = E-mails
mailing-none = Nenhum e-mail nos últimos 60 dias.
mailing-letters = E-mails dos últimos 60 dias, do mais recente ao mais antigo
mailing-letter = E-mail
mailing-made = Escrito
mailing-to = para {$email}
mailing-claim = Link pedido
mailing-invitation = Convite
mailing-notice = Aviso
mailing-proof = Confirmação de um novo endereço
mailing-bulletin = Algo que a pessoa pediu
mailing-issue = Boletim
mailing-queued = Prestes a sair
mailing-waits = Aguardando:
mailing-sent = Enviado
mailing-delayed = Enviado, a caminho:
mailing-given-up = Não enviado:
mailing-returned = Voltou:
claims-heading = Links pedidos com este endereço
claims-nobody = nenhum perfil tinha este endereço
claims-found = um link foi enviado a cada perfil com este endereço, dentro dos limites
claims-waits = ainda não pesquisado
ago-minutes =
    { $number ->
        [0] agora mesmo
        [one] há um minuto
       *[other] há {$number} minutos
    }
ago-hours =
    { $number ->
        [one] há uma hora
       *[other] há {$number} horas
    }
ago-days =
    { $number ->
        [one] há um dia
       *[other] há {$number} dias
    }
