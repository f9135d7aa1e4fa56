lock-page-heading = This page is locked
lock-box-anonymous-heading = The content of this page is locked
lock-box-anonymous = Sign in with your {$passport} to see it.
lock-box-plan-heading = Your current service plan does not allow access to this information
lock-box-plan = Your company needs another plan to see it.
lock-box-no-plan = As soon as your company has a current plan, you can see it again.
lock-box-elsewhere-heading = Not available where your company is
lock-box-elsewhere = {$portal} availability may vary by location.
lock-box-audience-heading = Not meant for your profile
lock-box-audience = This is for other companies, for users of another product, or only for administrators.
others-may = Another profile of yours can see this:
elsewhere-heading = {$portal} is not available in your region
elsewhere-text = Our records say that {$company} is in {$region}. {$portal} is not available there.
elsewhere-unknown = We have no region on record for {$company}.
elsewhere-ask = If that is a mistake, write to

why-heading = Why can’t I get in?
why-lead = What it takes to get in, and what is missing:
why-all-met = Nothing is missing: you can use {$portal}.
why-several = You have several profiles. This is what each of them lets you do today; select one to go on.
why-met = OK
why-missing = Missing
why-open = Not known yet
why-account = Account
why-account-ok = You are signed in as {$label}.
why-profile = Profile
why-profile-ok = {$person} at {$company}
why-profile-unknown = We do not know which {$dynamics} profile is yours. Your partner or your company’s administrator enters your name and e-mail address.
why-profile-gone = The profile that your {$passport} had was removed, or its company was closed.
why-association = Association
why-association-ok = Since {$day}
why-association-none = Your {$passport} is not associated with a profile yet. Ask for an invitation, or enter the e-mail address of your profile on the account association page.
why-association-idle = It still exists, but its profile can no longer be used.
why-association-ended = Your {$passport} was associated with a profile, but no longer is.
why-plan = Plan
why-plan-unknown = It depends on your company.
why-available = Availability
why-available-ok = {$portal} is available where your company is.
why-ask-administrators = Your company’s administrators can help. Here is an e-mail that you can send them:
why-ask-support = Your company’s administrator or our support can help. Here is an e-mail that you can send:
why-letter-subject = Access to {$portal}
why-letter =
    Hello,
    I would like to use {$portal} for our company. I sign in as {$label}.
    Please check under My Account, Account Information, Our {$portal} Accounts that I have a profile with my current e-mail address, and send me an invitation.
    Thank you
why-ask-partner = The {$dynamics} partner of your company renews and changes plans. Here is an e-mail that you can send them:
why-ask-available = Only our support can say when this will change. Here is an e-mail that you can send:
why-letter-plan =
    Hello,
    I use {$portal} for {$company} and sign in as {$label}. It says that {$company} has no plan that is current.
    Please check the plan, and have it renewed if it has ended.
    Thank you
why-letter-available =
    Hello,
    I sign in to {$portal} as {$label} for {$company}. It says that it is not available where {$company} is.
    Please tell me whether this is right, and whether it will change.
    Thank you
why-write = Write this e-mail

maintenance-heading = Closed for maintenance
maintenance-until = {$portal} is being maintained until {$until}.
maintenance-form-kept = Nothing is lost. Please send your form again then.
maintenance-nothing-lost = Nothing is lost. Please come back then.
maintenance-planned = {$portal} will be closed for maintenance from {$from} until {$until}.
maintenance-window = Closed for maintenance from {$from} until {$until}
planned-heading = Planned maintenance
planned-lead = {$portal} will not be available at these times:
planned-none = No maintenance is planned.
