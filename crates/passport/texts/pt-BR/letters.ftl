already-have-subject = Você já tem um Passport
already-have-greeting = Olá,
already-have-what = alguém acabou de tentar criar uma conta { $passport } com o endereço de e-mail { $email }. Você já tem uma com este endereço; por isso, nada foi criado e nada foi alterado.
already-have-you = Foi você? Então é só entrar:
already-have-forgot = Se você não sabe mais a senha:
already-have-not-you = Se não foi você, não precisa fazer nada.
