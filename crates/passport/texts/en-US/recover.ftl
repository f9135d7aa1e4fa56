recover-heading = Reset your password
recover-lead = A few questions, one at a time. Then you choose a new password; your Passport stays the same.
recover-which = What is the e-mail address of your Passport?
recover-have-code = I have a code from an earlier visit
recover-back = Back to sign-in
recover-support-lead = If you have additional problems and cannot reset your password, contact support:
recover-ways-heading = How can we recognize you?
recover-ways-legend = Verify your identity by one of the following methods
recover-way-alternate = By my alternate e-mail address
recover-way-alternate-hint = If you provided an alternate e-mail address, we send a password reset e-mail to it.
recover-way-answer = By account information and my secret answer
recover-way-answer-hint = What you told us about yourself, and the answer to your secret question.
recover-way-billing = By billing information
recover-way-billing-hint = If you pay for a service with this Passport: card, postal code and an invoice.
recover-choose-way = Choose one of the ways
recover-again = Start again
recover-another-way = Try another way
recover-sent-heading = Check your e-mail
recover-sent-text = If the Passport { $email } has a confirmed alternate e-mail address, an e-mail is on its way there now.
recover-sent-next = Follow the link in it within 15 minutes.
recover-sent-junk = Nothing there after a few minutes? Look in the junk folder, too.
recover-answer-heading = Account information and secret answer
recover-answer-lead = Tell us again what you entered when you signed up or later.
recover-leave-empty = Leave empty what you never told us, here and below.
recover-birthdate-hint = In numbers, like 1 31 1970; or the year alone, if that is what you told us.
recover-answer-hint = Capital letters and extra spaces make no difference.
recover-billing-heading = Billing information
recover-billing-lead = From the credit card and an invoice of the service that you pay for. Never the whole card number.
billing-digits = Last four digits of the card
billing-expiry = Valid until
billing-expiry-hint = Month and year, like 07/27
billing-postal-code = Postal code of the billing address
billing-invoice = Number of an invoice
billing-invoice-hint = The latest one that you were sent.
recover-not-accepted = That does not match what we know, or there were too many tries. Check everything and try again, or try another way; after many tries, wait a day.
recover-waiting-heading = That was right. Now wait a little
recover-waiting-until = You can set a new password from { $until } on.
recover-waiting-why = This Passport was never used on this computer, what we recognized you by is new, or more than a password protects it. So we told its owner at every e-mail address that we know. If it was not the owner who asked, the owner can stop it until then.
recover-waiting-code = Write down this code: we show it this once, and you need it when you close this browser or use another one.
recover-waiting-back = Come back with it to
recover-waiting-again = Come back to this page then, or with the code that we showed you.
recover-return-heading = Come back with your code
recover-return-code = Code
recover-return-hint = 26 letters and digits. Hyphens, spaces and capital letters make no difference.
recover-return-wrong = This code does not work. Check it once more, or start again
recover-password-heading = Choose a new password
recover-password-lead = It replaces the old one everywhere, and signs out everything that was signed in with it.
recover-password-label = New password
recover-password-submit = Set the new password
recover-done-heading = Your new password is set
recover-done-text = Sign in to { $email } with it from now on. Your Passport is the same as before, and so is everything that sites know it by.
ended-heading = What we ended
ended-sessions = { $count ->
    [0] No sign-in was open.
    [one] One sign-in was open and has ended.
   *[other] { $count } sign-ins were open and have ended.
}
ended-computers = { $count ->
    [0] No computer was remembered.
    [one] One computer was remembered and is forgotten.
   *[other] { $count } computers were remembered and are forgotten.
}
ended-site = { $site } has no access until you sign in there again.
ended-links = Older links and codes no longer work.
recover-done-told = We told every e-mail address of yours that we know.
recover-over-heading = There is nothing to set here
recover-over-text = First show who you are. What you may have shown before was used, was stopped, or is too old.
decoy-question-summer = Where did I spend the summer of my tenth birthday?
decoy-question-car = What colour was our first car?
decoy-question-song = Which song was played at the wedding?
decoy-question-neighbour = What was the nickname of the old neighbour?
decoy-question-team = For which team did my brother play?
decoy-question-dish = What did grandma cook on Sundays?
recover-nothing-sent = Nothing was sent this time: too many e-mails were asked for in the last hour. The earlier ones still work until they are 15 minutes old.
recover-country-none = Not told
recover-way-email = By an e-mail to this address
recover-way-email-hint = If you confirmed the address of your Passport, we send a password reset e-mail to it. On a computer where you have not used your Passport, you wait a day then.
recover-ways-none = Does none of these fit, or did nothing come of it? Then contact support: they can make sure in another way that it is you.
recover-sent-own = If { $email } was confirmed as the address of a Passport, an e-mail is on its way there now.
recover-sent-none = No e-mail at all? Then no alternate address was confirmed for this Passport: try another way.
recover-sent-own-none = No e-mail at all? Then this address was never confirmed: try another way.
recover-done-more = After the password we ask for your passkey, your authenticator app or a recovery code, as before. If you have none of these any more, say so there.
