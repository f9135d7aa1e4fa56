consent-heading = { $site } pode receber isto?
consent-lead = { $site } gostaria de receber:
consent-nothing = Apenas que é você, cada vez que vier: nenhum nome e nenhum endereço.
consent-offline = O site também manteria este acesso enquanto você não está lá.
consent-back = Depois você volta para { $host }.
consent-who = Você entrou como { $email }.
consent-approve = Permitir
consent-deny = Não, obrigado
