portal-name = {$portal}
passport-site = {$passport} site
nav-home = Home
nav-faq = FAQ
nav-account = My Account
nav-staff = Staff pages
sign-in = Sign In
sign-up = Sign Up
continue = Continue
administrator = Administrator
crumbs-label = Breadcrumb
notice-done = Done:
notice-warning = Please note:
another-passport = Sign in with another {$passport}
switch-text = To switch between profiles, close your browser and open a new browser or sign out of {$passport} and sign in again.

fact-profile = Profile
fact-company = Company
fact-email = E-mail address
fact-passport = {$passport}
fact-plan = Plan
fact-plan-until = {$plan}, until {$day}
fact-plan-none = None needed

welcome-heading = Welcome to {$portal}
welcome-lead = {$portal} is the place for {$dynamics} customers with a service, support, or enhancement plan. {$dynamics} partners and employees also have access to the site.
lock-heading = The content of this site is locked
lock-text = Sign in with your {$passport} to see it.
lock-help = You cannot sign in?
welcome-first-heading = Is this your first visit?
welcome-first-text = You associate your {$passport} with your {$dynamics} profile once; it takes ten short steps.

home-heading = Home
home-lead = Welcome, {$person}. You are using {$portal} for {$company}.
home-others-heading = Your other profiles
news-updates = Latest updates for your products
news-updates-none = Nothing new in the last two months.
news-courses = Your courses
news-courses-none = You have no seat in a course yet.
news-threads = Unread in the newsgroups
news-threads-none = You have read everything.
news-invitations = Open invitations of your company
news-invitations-none = No invitation is waiting for an answer.
news-invitation-until = can be accepted until {$day}

account-heading = Account Information
account-profiles = Profiles associated with your {$passport}
account-since = Since
account-state = State
account-in-use = In use
account-associated = Associated
account-add = Add another profile

locked-heading = Your current service plan does not allow access
locked-plan-heading = Your company’s plan
locked-ended = Your company’s plan “{$plan}” ended on {$day}.
locked-begins = Your company’s plan “{$plan}” begins on {$day}.
locked-inactive = Your company’s plan “{$plan}” is not active.
locked-runs = Your company has the plan “{$plan}”.
locked-runs-until = Your company has the plan “{$plan}” until {$day}.
locked-none = We have no service, support, or enhancement plan on record for {$company}.
locked-association = Your profile stays associated with your {$passport}. As soon as the plan is renewed you can use {$portal} again; you need not do anything.
locked-ask-heading = Whom to ask
locked-ask-administrators = The administrators of {$company} know about the plan:
locked-ask-self = You are the administrator of {$company}: your {$dynamics} partner can tell you which plans there are.
locked-ask-support = Your {$dynamics} partner can renew or change the plan. If you think this is a mistake, write to

associate-heading = Account association
associate-signed-in = You are signed in as {$label}. This {$passport} is not yet associated with the profile that you are about to look for.
associate-email = E-mail address
associate-email-hint = You’ll need to use the e-mail address provided to {$dynamics} when your solution was registered. This may or may not be the same e-mail address as your {$passport} account.
associate-email-empty = Enter an e-mail address
associate-email-malformed = Enter an e-mail address in the form name@example.com
associate-unknown = If you don’t know the e-mail address on your {$dynamics} account, send an inquiry to
associate-by-invitation = Here profiles are associated by invitation: ask an administrator of your company for an invitation e-mail, then click on the link in it. If you do not know who that is, write to

sent-heading = Check your e-mail
sent-text = Thank You. You will be receiving an e-mail that gives you further instructions on how to log into this extranet.
sent-to = You entered {$email}.
sent-next = Go to the inbox of the e-mail address you entered. If the address belongs to several profiles, you will receive an e-mail for each one of them.
sent-nothing = Look in the junk folder, too. If nothing has come after half an hour, write to
sent-again = Send the e-mail again
sent-again-done = We have asked for the e-mail once more. Only the link in the latest one works.
sent-another = Enter another e-mail address

invitation-heading = You are invited
invitation-by = {$host} invites you to use {$portal} for {$company}.
invitation-by-company = {$company} invites you to use {$portal}.
invitation-by-support = Our support invites you to use {$portal} for {$company}.
invitation-by-oneself = You asked to use another {$passport} for your profile at {$company}.
invitation-passport = Sign in with the {$passport} you would like to use. Any of yours will do, whatever its e-mail address.
invitation-signed-in = You are signed in as {$label}. You will be asked for your password once more.
invitation-new-heading = No {$passport} yet?
invitation-new = Choose a password and a secret question; then you come back here, already signed in.

confirm-heading = Associate this profile?
confirm-text = Check that this is your profile and that this is the {$passport} you want to use for it.
confirm-moves = This profile is associated with another {$passport} now. If you go on, that one loses it, and the profile’s e-mail address and the company’s administrators are told.
confirm-button = Associate

wrong-heading = This link belongs to another {$passport}
wrong-text = You are signed in as {$label}. The link was asked for with a different {$passport}, and only that one can use it.
wrong-usable = Nothing is lost: the link can still be used.
wrong-own = Or ask for a link of your own:

done-heading = Association complete
done-text = You have successfully associated your {$passport} with your {$dynamics} profile.
done-future = When you use {$portal} in the future, you’ll only need to use this {$passport} username and password to log in.
done-more = If you received more than one e-mail, click the link included in each one of the e-mails.
done-go-on = Continue to {$portal}

already-heading = Already associated
already-text = You have used this link before: the profile is associated with your {$passport}.

dead-link-heading = This link does not work
dead-link-unknown = We do not know this link. It may have been copied only in part: it must be on one line, with nothing missing at the end.
dead-link-used = This link has been used. A link works only once.
dead-link-expired = This link is too old.
dead-link-replaced = A newer e-mail has replaced this link. Use the link in the latest one.
dead-link-withdrawn = This link was withdrawn, or the profile that it was for has changed.
dead-link-do = You can ask for a new link. If an administrator of your company invited you, ask for another invitation.
dead-decline-used = Somebody has used this invitation already.
dead-decline-used-do = If that was not you, write to us at once: somebody else reads your e-mail.
dead-decline-do = There is nothing left to decline: nobody can use this invitation any more.
dead-undo-do = It counts only for people who administer the company, and only while the profile is in use by the Passport that the e-mail was about. If something is wrong, write to us.
dead-link-ask = Ask for a new link

locked-written-heading = This is locked for you now
locked-written-text = Nothing was sent, and nothing is lost: what you typed is kept on this page. Look in a new tab at what is in the way and whom to ask. When that has changed, come back here and press “Send again”.
form-profile-first-heading = Choose a profile first
form-profile-first-text = Nothing was saved, and nothing is lost: what you typed is kept on this page. Say in a new tab which profile you are using, come back here, and press “Send again”.
error-chosen-other-heading = This visit already uses another of your profiles
error-chosen-other-text = Nothing was changed. To use the one that you chose here, sign out and sign in again.
error-closed-meanwhile-heading = This was closed a moment ago
error-closed-meanwhile-text = Nothing was saved: it ended, was closed or is not meant for your profile any more.
choose-heading = Select a profile
choose-text = Your {$passport} is associated with more than one {$dynamics} profile. Select which profile to use for this visit.

signed-out-heading = You are signed out
signed-out-everywhere = You are signed out of {$portal} and of {$passport}.
signed-out-here = You are signed out of {$portal}. If others use this computer, sign out of {$passport}, too.
signed-out-still-heading = You are still signed in
signed-out-still = To sign out, use “Sign Out” at the top of the page.
signed-out-again = Sign in again

sign-in-lost-heading = This sign-in cannot be finished
sign-in-lost-text = It took too long, it was finished already, or it was begun in another browser. Nothing has changed. Go to the home page and sign in again.
sign-in-refused-heading = We could not sign you in
sign-in-refused-text = What {$passport} told us could not be verified, so we stopped to be safe. Go to the home page and sign in again; if it happens again, contact support with the reference below.
sign-in-cancelled-heading = You did not sign in
sign-in-cancelled-text = You cancelled at {$passport}. Nothing has changed; you can sign in whenever you like.
sign-in-not-fresh-heading = Please enter your password again
sign-in-not-fresh-text = To use a link from an e-mail you must enter your {$passport} password again, and this did not happen. The link can still be used: click on it again.
