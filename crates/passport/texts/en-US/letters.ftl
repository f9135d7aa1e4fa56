already-have-subject = You already have a Passport
already-have-greeting = Hello,
already-have-what = somebody just tried to sign up for a { $passport } account with the e-mail address { $email }. You already have one with this address, so nothing was made and nothing was changed.
already-have-you = Was it you? Then simply sign in:
already-have-forgot = If you do not know the password any more:
already-have-not-you = If it was not you, you need not do anything.
