# What residents read and hear. One file a language; every file holds the same phrases with the same variables.
# A text message should stay short: one part is 160 plain letters. Never use a carrier's keyword
# (STOP, START, HELP, END, QUIT, CANCEL, YES, INFO …) in another meaning than the carrier's.

## Life safety: fixed wording, read by people who know the language. Never say that 911 was told.

emergency-911 = If someone is in danger, call 911 now. We have not called 911 for you. When you are safe, you can tell us more here.
emergency-gas = If you smell gas: go outside now, do not touch switches, and call 911 from there. We have not called 911 for you.
emergency-988 = You are not alone. Call or text 988 now to talk with someone, any time, free. If there is danger right now, call 911. We have not called anyone for you.

## Starting and stopping

welcome = Hi, this is { $city } 311. Tell me what is wrong or what you need, in your own words and language.
greeting-again = Hello! What can I do for you? Tell me what is wrong and where.
thanks-reply = You are welcome. Write again any time.
stopped = { $city } 311: you will get no more messages from us. Reply START to get them again.
started = { $city } 311: messages are on again. Tell me what is wrong and where.
help = { $city } 311: report a problem or ask a question in your language. Emergency: 911. To talk to a person: call { $phone }. Reply STOP to get no more messages.
language-changed = OK, we go on in English.
ask-language = Which language should I use? Reply with the number.

## Collecting a case: one question at a time. In a text message the choices follow as lines such as "1 Right".

ask-problem = What is the problem? Tell me in a few words.
photo-received = Thank you for the photo.
photo-unreadable = I could not open that file. Please send a photo (JPEG or PNG).
ask-place = { $service }. Where is it? Send the street and number, a corner, or the name of the place.
ask-place-again = I did not find that place. Please send the street and number (like { $example }), or two streets that cross.
ask-place-choice = Which place do you mean? Reply with the number.
ask-service = Which of these is it? Reply with the number.
none-of-these = None of these
two-problems = I understood two problems.
read-back = Please check: { $cases }. Is this right?
read-back-case = { $service }, { $place }
read-back-case-no-place = { $service }
choice-right = Right
choice-change = Change it
choice-skip = I do not know
ask-correction = What should I change? Send the right place or say the problem again.
ask-join = This may be known already: { $service }, { $place }, reported { $date }. Is it the same problem?
choice-same = Yes, the same
choice-other = No, another one
joined = I added you to case { $number }. We will tell you when it changes.
choice-drop = Drop it
draft-dropped = OK, I did not open a case. Write again any time.
draft-reminder = { $service }: we still need your answer to open a case. Please answer our last message.
case-opened = Case { $number } is open: { $service }, { $place }. Department: { $department }. Expected by { $date }.
case-opened-no-place = Case { $number } is open: { $service }. Department: { $department }. Expected by { $date }.
case-opened-later = Ask any time with the word STATUS. Thank you.

## Answers

status-open = Case { $number }, { $service }: open, with { $department }. Expected by { $date }.
status-closed = Case { $number }, { $service }: closed on { $date }.
status-none = I find no case from you yet. If you have a case number, send it. To report something, tell me what and where.
status-not-found = I find no case { $number } from you. Please check the number.
question-noted = Good question. I cannot answer it myself yet, so a person will answer you here. You can also call { $phone }.
out-of-scope = I am sorry, that is not something the city's 311 can do. If it is about a problem in { $city }, tell me what and where. To talk to a person, reply AGENT.
agent-called = OK. A person will read this and write to you here. Office hours: { $hours }. You can also call { $phone }.
handed-to-staff = I do not want to get this wrong, so a person will read your message and write to you here.
still-with-staff = Thank you, I added this for the person who is looking at it.
word-agent = AGENT
word-status = STATUS

## On the phone

voice-welcome = { $city } 3 1 1. In an emergency hang up and call 9 1 1.
voice-choose-language = For English, press { $digit }.
voice-describe = Please say in a few words what the problem is and where, after this message.
voice-not-heard = Sorry, I did not hear you.
voice-press = For { $choice }, press { $digit }.
voice-read-back = I understood: { $cases }. If that is right, press 1. To change it, press 2.
voice-case-number = Your case number is { $number }.
voice-text-follows = We will also send it to you in a text message.
voice-by-text = We will send you a text message now. Please answer it in your language, and we will help you there.
voice-person = A person will call you back. Office hours: { $hours }.
voice-goodbye = Thank you for calling. Goodbye.
text-after-call = This is { $city } 311. Please write here, in English, what is wrong and where.

## Pages

page-title = { $city } 311
nav-report = Report a problem
nav-chat = Chat
nav-text = Or send a text message to { $number }
page-emergency = In danger now? Call 911.
skip-to-content = Skip to the content
language-label = Language
home-intro = Tell the city what is wrong or ask a question, in your own language. Day and night.
home-report = Fill in a form
home-chat = Write with us now
home-call = Call { $phone }
report-title = Report a problem
report-what = What is wrong?
report-what-hint = In your own words. You do not have to choose a category.
report-where = Where is it?
report-where-hint = Street and number, a corner, or the name of a place.
report-photo = Photo (if you have one)
report-phone = Phone number (only if you want news by text message)
report-language = Answer me in
report-use-position = Use my position
report-send = Send
report-check-title = Is this right?
report-confirm = Right, send it
report-answer = Your answer
report-done-title = Thank you
report-next-title = One more thing
report-start-again = Report something else
report-photo-kept = Photo received.
error-what-missing = Please say what is wrong.
error-too-long = This is too long. Please use at most { $limit } letters.
error-photo-type = This file is not a photo we can read. Please choose a JPEG, PNG, WebP or HEIC picture.
error-photo-size = This photo is too large. The limit is { $limit } MB.
error-phone = This does not look like a phone number. Example: 617-555-0123.
error-expired = This page was open for too long. Please send it again.
error-not-found = We did not find this page.
error-broken = Something went wrong on our side. What you sent is kept. Please try again in a minute, or call { $phone }.
error-busy = You are sending very fast. Please wait a minute and try again.
chat-title = Chat with { $city } 311
chat-placeholder = Write here
chat-send = Send
chat-you = You
chat-us = 311
chat-add-photo = Add a photo
chat-offline = The connection is lost. We keep trying; nothing is lost.
chat-needs-script = Without JavaScript, each message loads the page again. Everything works.

## Answers from the knowledge base and the help pages

answer-helped = Did that help?
choice-helped = It helped
choice-not-helped = It did not help
helped-thanks = Good to hear. Write again any time.
ask-how-to-go-on = I am sorry. What should I do? Reply with the number.
choice-report = Report: { $service }
choice-person = Let a person answer
choice-nothing = Nothing more, thank you
ask-neighborhood = Which part of the city is it for? Send the name of the neighborhood, or the street and number.
answer-only-english = I have this answer only in English so far:
back-to-report = And about your report:
nav-help = Questions and answers
help-title = Questions and answers
help-intro = Ask in your own words, in your language.
help-search = Your question
help-search-button = Search
help-found = These answers may help
help-none-found = I found no answer to this. Ask in the chat, and a person will answer, or call { $phone }.
help-all = All topics
help-official = Official page
help-call = Call { $phone }
help-report = Report a problem about this
help-more-in-english = More (in English)
help-only-english = This answer is only in English so far. The chat and the phone line { $phone } speak your language.
help-checked = Text checked on { $date }
help-starter = This is a starter text. The city has not checked it yet; look at the official page before you rely on it.
help-ask = Not what you need? Ask us in the chat.

## The page of a case, and what the pages say beside the talk

case-title = Case { $number }
case-department = Department
case-opened-on = Reported
case-expected = Expected by
case-closed-on = Closed on
case-state = State
case-is-open = Open
case-is-closed = Closed
case-late = The date that we expected has passed. The case is still open.
case-merged = This is the same problem as case { $number }, so we handle both together. This is how it stands.
case-history = What has happened
event-opened = Case opened. Department: { $department }.
event-moved = The department is now: { $department }.
event-filed = Passed on to the department.
event-reopened = Opened again.
event-merged = Joined with case { $number }: the same problem.
ask-fixed = Is it fixed?
choice-fixed = Yes, it is fixed
choice-not-fixed = No, it is still there
fixed-thanks = Thank you for telling us.
reopened-thanks = Thank you. We have opened the case again.
text-size = Text size
text-normal = Normal text
text-large = Large text
home-text = Send a text message: { $number }
home-case = My case
home-case-how = Open the link that we sent you. Or send the word { $word } to { $number }, from the same phone.
draft-restored = Draft restored: this is what you wrote before. It is only on this device.
draft-discard = Discard
report-offline = You are offline. What you wrote is kept on this device. Press Send when you are connected again.
report-online = You are connected again. You can send now.
report-on-map = Show the place on a map
map-zoom-in = Zoom in
map-zoom-out = Zoom out
map-whole = Whole map
position-failed = We could not find your position. Please write the place.
chat-send-position = Send my position
chat-position-sent = My position
widget-close = Close

## A person of the city writes

staff-joined = A person from the city is writing with you now: { $name }.
staff-left = The automatic service is back. Write any time.
machine-translated = Translated by machine
show-original = Show the original
staff-typing = Someone is writing…
in-english-only = This message is in English only:
