recover-heading = Redefinir a sua senha
recover-lead = Algumas perguntas, uma de cada vez. Depois você escolhe uma nova senha; o seu Passport continua o mesmo.
recover-which = Qual é o endereço de e-mail do seu Passport?
recover-have-code = Tenho um código de uma visita anterior
recover-back = Voltar para a entrada
recover-support-lead = Se ainda tiver problemas e não conseguir redefinir a senha, fale com o suporte:
recover-ways-heading = Como podemos reconhecer você?
recover-ways-legend = Confirme a sua identidade por um destes meios
recover-way-alternate = Pelo meu e-mail alternativo
recover-way-alternate-hint = Se você informou um e-mail alternativo, enviamos para ele uma mensagem de redefinição de senha.
recover-way-answer = Pelos dados da conta e pela minha resposta secreta
recover-way-answer-hint = O que você nos contou sobre si, e a resposta à sua pergunta secreta.
recover-way-billing = Pelos dados de cobrança
recover-way-billing-hint = Se você paga por um serviço com este Passport: cartão, CEP e uma fatura.
recover-choose-way = Escolha um dos meios
recover-again = Começar de novo
recover-another-way = Tentar outro meio
recover-sent-heading = Veja a sua caixa de entrada
recover-sent-text = Se o Passport { $email } tem um endereço de e-mail alternativo confirmado, um e-mail está a caminho de lá agora.
recover-sent-next = Siga o link dentro de 15 minutos.
recover-sent-junk = Nada depois de alguns minutos? Veja também a pasta de lixo eletrônico.
recover-answer-heading = Dados da conta e resposta secreta
recover-answer-lead = Informe de novo o que você nos contou ao se cadastrar ou depois.
recover-leave-empty = Deixe em branco o que você nunca informou, aqui e abaixo.
recover-birthdate-hint = Em números, como 31 1 1970; ou só o ano, se foi isso que você informou.
recover-answer-hint = Maiúsculas e espaços a mais não fazem diferença.
recover-billing-heading = Dados de cobrança
recover-billing-lead = Do cartão de crédito e de uma fatura do serviço que você paga. Nunca o número inteiro do cartão.
billing-digits = Últimos quatro dígitos do cartão
billing-expiry = Válido até
billing-expiry-hint = Mês e ano, como 07/27
billing-postal-code = CEP do endereço de cobrança
billing-invoice = Número de uma fatura
billing-invoice-hint = A última que você recebeu.
recover-not-accepted = Isso não corresponde ao que sabemos, ou houve tentativas demais. Confira tudo e tente de novo, ou tente outro meio; depois de muitas tentativas, espere um dia.
recover-waiting-heading = Está certo. Agora espere um pouco
recover-waiting-until = Você pode definir uma nova senha a partir de { $until }.
recover-waiting-why = Este Passport nunca foi usado neste computador, aquilo por que o reconhecemos é novo, ou mais do que uma senha o protege. Por isso avisamos o dono em todos os endereços de e-mail que conhecemos. Se não foi o dono quem pediu, ele pode impedir até lá.
recover-waiting-code = Anote este código: só o mostramos esta vez, e você precisa dele se fechar este navegador ou usar outro.
recover-waiting-back = Volte com ele a
recover-waiting-again = Volte a esta página então, ou com o código que lhe mostramos.
recover-return-heading = Voltar com o seu código
recover-return-code = Código
recover-return-hint = 26 letras e algarismos. Traços, espaços e maiúsculas não fazem diferença.
recover-return-wrong = Este código não funciona. Confira mais uma vez ou comece de novo
recover-password-heading = Escolha uma nova senha
recover-password-lead = Ela substitui a antiga em todo lugar e desconecta tudo o que tinha entrado com ela.
recover-password-label = Nova senha
recover-password-submit = Definir a nova senha
recover-done-heading = A sua nova senha está definida
recover-done-text = De agora em diante entre em { $email } com ela. O seu Passport é o mesmo de antes, e os sites continuam a reconhecê-lo.
ended-heading = O que encerramos
ended-sessions = { $count ->
    [0] Nenhuma entrada estava aberta.
    [one] Uma entrada estava aberta e foi encerrada.
   *[other] { $count } entradas estavam abertas e foram encerradas.
}
ended-computers = { $count ->
    [0] Nenhum computador era lembrado.
    [one] Um computador era lembrado e foi esquecido.
   *[other] { $count } computadores eram lembrados e foram esquecidos.
}
ended-site = { $site } não tem mais acesso até você entrar lá de novo.
ended-links = Links e códigos mais antigos não funcionam mais.
recover-done-told = Avisamos em todos os seus endereços de e-mail que conhecemos.
recover-over-heading = Não há nada para definir aqui
recover-over-text = Primeiro mostre quem você é. O que talvez tenha mostrado antes já foi usado, foi cancelado ou é antigo demais.
decoy-question-summer = Onde passei o verão em que fiz dez anos?
decoy-question-car = De que cor era o nosso primeiro carro?
decoy-question-song = Que música tocou no casamento?
decoy-question-neighbour = Qual era o apelido do vizinho antigo?
decoy-question-team = Em que time jogava o meu irmão?
decoy-question-dish = O que a vovó cozinhava aos domingos?
recover-nothing-sent = Desta vez nada foi enviado: e-mails demais foram pedidos na última hora. Os anteriores ainda funcionam até completarem 15 minutos.
recover-country-none = Não informado
recover-way-email = Por um e-mail para este endereço
recover-way-email-hint = Se você confirmou o endereço do seu Passport, enviamos para ele uma mensagem de redefinição de senha. Em um computador onde você não usou o seu Passport, depois disso é preciso esperar um dia.
recover-ways-none = Nenhum destes meios serve, ou nada aconteceu? Então fale com o suporte: ele pode se certificar de outra forma de que é você.
recover-sent-own = Se { $email } foi confirmado como endereço de um Passport, um e-mail está a caminho de lá agora.
recover-sent-none = Nenhum e-mail? Então nenhum endereço alternativo foi confirmado para este Passport: tente outro meio.
recover-sent-own-none = Nenhum e-mail? Então este endereço nunca foi confirmado: tente outro meio.
recover-done-more = Depois da senha pedimos a sua chave de acesso, o seu aplicativo autenticador ou um código de recuperação, como antes. Se você não tem mais nada disso, diga isso ali.
