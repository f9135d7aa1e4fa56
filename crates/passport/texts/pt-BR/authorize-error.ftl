authorize-error-heading = Problema no pedido de login
authorize-error-text = O site que enviou você fez um pedido que não conseguimos atender. Você não fez nada de errado, e nada foi enviado a ele.
authorize-error-next = Volte ao site e tente mais uma vez. Se esta página aparecer de novo, informe ao responsável pelo site o que está abaixo.
mismatch-heading = Para quem desenvolve: o endereço não confere
mismatch-text = O site pediu que a resposta fosse enviada a um endereço que não está registrado para ele. Os dois devem ser iguais, caractere por caractere. A diferença está marcada.
mismatch-presented = O site enviou
mismatch-registered = Registrado, e o mesmo com o que o site enviou
mismatch-next = Corrija as configurações do site ou registre o endereço com o comando: passport client set
