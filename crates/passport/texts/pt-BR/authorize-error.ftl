authorize-error-heading = Problema no pedido de login
authorize-error-text = O site que enviou você fez um pedido que não conseguimos atender. Você não fez nada de errado, e nada foi enviado a ele.
authorize-error-next = Volte ao site e tente mais uma vez. Se esta página aparecer de novo, informe ao responsável pelo site o que está abaixo.
