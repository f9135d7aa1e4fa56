mail-link-subject = {$portal}: associe o perfil de {$person} na empresa {$company}
mail-link-greeting = Olá, {$person},
mail-link-intro = Alguém que entrou no {$portal} pediu em {$when} para associar um {$passport} ao seu perfil do {$dynamics} na empresa {$company}.
mail-link-do = Se foi você, clique neste link:
mail-link-again = O seu {$passport} será pedido de novo. Digite o mesmo com que você pediu este e-mail.
mail-link-moves = Este perfil está associado a outro {$passport}. Se você continuar, o outro o perde.
mail-link-lifetime =
    { $number ->
        [one] O link funciona uma única vez, durante uma hora.
       *[other] O link funciona uma única vez, durante {$number} horas.
    }
mail-link-not-me = Se não foi você, não precisa fazer nada: sem o link nada muda, e ninguém mais pode usá-lo. Você também pode nos avisar, e isso para:
mail-moved-subject = {$portal}: o perfil de {$person} na empresa {$company} tem um novo {$passport}
mail-moved-what = O perfil de {$person} em {$company} no {$portal} foi associado a um {$passport} diferente do anterior. O anterior não pode mais usá-lo.
mail-moved-when = Isso foi feito em {$when}, com um link que enviamos ao endereço de e-mail do perfil.
mail-moved-not-me = Se ninguém da sua empresa quis fazer isso, escreva para nós imediatamente.
mail-link-invited = Um administrador da empresa {$company} convidou você em {$when} para usar o {$portal} pela empresa {$company}.
mail-link-invited-subject = {$by} convida {$person} para o {$portal} pela empresa {$company}
mail-link-invited-by = {$by}, que administra o acesso da empresa {$company}, convidou você em {$when} para usar o {$portal} pela empresa {$company}.
mail-link-switch = Você pediu em {$when} para usar outro {$passport} no seu perfil do {$portal} na empresa {$company}.
mail-link-support = Em {$when}, o nosso suporte convidou você para usar o {$portal} pela empresa {$company}.
mail-link-any = Entre com o {$passport} que você quer usar no {$portal} e depois clique no link deste e-mail. Ele será pedido de novo.
mail-link-lifetime-days =
    { $number ->
        [one] O link funciona uma única vez, durante um dia.
       *[other] O link funciona uma única vez, durante {$number} dias.
    }
mail-link-not-wanted = Se isto não é para você, não precisa fazer nada: sem o link nada muda. Você também pode nos avisar:
mail-link-decline = Não fui eu
mail-link-do-invited = Para associar o seu {$passport} ao seu perfil, clique neste link:
mail-proof-subject = {$portal}: confirme o novo endereço de e-mail do seu perfil na empresa {$company}
mail-proof-what = Em {$when}, {$person} informou este endereço como o novo de um perfil do {$portal} na empresa {$company}. Ele passa a valer quando você o confirmar. Depois disso, os links e avisos sobre o perfil chegam aqui.
mail-proof-not-me = Se não foi você, não precisa fazer nada: sem o link nada muda.
mail-proof-do = Para confirmar, abra este link em até 24 horas, em um navegador em que você entra com o {$passport} que tem o perfil:
mail-bundle-subject = {$subject} (e mais {$number})
mail-proof-what-by = Em {$when}, {$by}, que administra o acesso da empresa {$company}, informou este endereço como o novo do perfil de {$person} no {$portal}. Ele passa a valer quando você o confirmar. Depois disso, os links e avisos sobre o perfil chegam aqui.
