recover-heading = Redefinir a sua senha
recover-not-here = Ainda não é possível redefinir uma senha nesta página. A nossa equipe de suporte faz isso para você.
recover-write = Escreva do endereço de e-mail do seu Passport e diga que esqueceu a senha. Nunca envie uma senha.
recover-support = Escrever para o suporte
recover-back = Voltar para a entrada
