mail-link-subject = {$portal}: associe o seu perfil em {$company}
mail-link-greeting = Olá, {$person},
mail-link-intro = alguém que entrou no {$portal} pediu em {$when} para associar um {$passport} ao seu perfil do {$dynamics} em {$company}.
mail-link-do = Se foi você, clique neste link:
mail-link-again = O seu {$passport} será pedido de novo. Digite o mesmo com que você pediu este e-mail.
mail-link-moves = Este perfil está associado a outro {$passport}. Se você continuar, aquele o perde.
mail-link-lifetime =
    { $hours ->
        [one] O link funciona uma única vez, durante uma hora.
       *[other] O link funciona uma única vez, durante {$hours} horas.
    }
mail-link-not-me = Se não foi você, não precisa fazer nada: sem o link nada muda, e ninguém mais pode usá-lo. Se esses e-mails continuarem chegando, avise-nos.
mail-moved-subject = {$portal}: o perfil em {$company} tem um novo {$passport}
mail-moved-what = O perfil de {$person} em {$company} no {$portal} foi associado a um {$passport} diferente do anterior. O anterior não pode mais usá-lo.
mail-moved-when = Isso foi feito em {$when}, com um link que enviamos ao endereço de e-mail do perfil.
mail-moved-not-me = Se ninguém da sua empresa quis fazer isso, escreva para nós imediatamente.
