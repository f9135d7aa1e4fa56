form-post-heading = Voltando para { $host }
form-post-text = Tudo pronto: você está a caminho do site. Se nada acontecer, pressione o botão.
form-post-continue = Continuar
