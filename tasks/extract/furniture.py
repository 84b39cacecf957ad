"""Words that newspapers put around an article and never mean as part of it, in the languages of many papers.

No site's own names stand here: what one paper alone prints has to be told by its shape and its neighbours.
"""

from __future__ import annotations

import re


def _starts(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"[\W_]*(?:" + "|".join(phrases) + r")(?!\w)", re.I)


# A line that is, or begins with, one of these is dropped wherever it stands, if it is short.
BUTTONS = _starts(
    # English
    r"skip to", r"enlarge", r"advertisement", r"advertise", r"sponsored", r"permissions?",
    r"share(?: this| on| via|$)", r"tweet", r"print(?:able)?", r"e-?mail(?: this| link|$)", r"copy link",
    r"recent (?:posts|stories)", r"article content", r"sign (?:up|in)", r"log ?in", r"subscribe", r"subscriptions?",
    r"register", r"follow (?:us|our|on|me|topics?)", r"download",
    r"get (?:daily|weekly|our|the latest|alerts|breaking)", r"newsletters?", r"listen to", r"watch(?: live|:| the)",
    r"loading", r"read (?:more|next|also|full|the full)", r"see (?:more|also|all)",
    r"view (?:all|comments|reader|gallery|image)", r"image:", r"more (?:on|from|stories|news)", r"comments?(?: \d|$)",
    r"\d+ comments?", r"leave a (?:comment|reply)", r"photos?:", r"video:", r"click here", r"close$", r"menu$",
    r"search$", r"back to", r"save$", r"gift", r"play$", r"pause$", r"up next", r"caption",
    r"this (?:article|story) (?:was|is|has been) (?:originally |first )?(?:published|updated|posted)",
    r"key points?$", r"topics$", r"published(?: on| at| by|:)", r"(?:last )?(?:updated|modified)",
    r"posted (?:on|by|in)", r"\d+ min(?:ute)?s? read", r"tags?:", r"join (?:us|the conversation|our|now)",
    r"become a", r"donate", r"support (?:us|our)", r"contact (?:us|the author)", r"embed$",
    # German
    r"anzeige", r"werbung", r"teilen", r"merken", r"drucken", r"vorlesen", r"kommentare?(?: \d|$|n)",
    r"\d+ kommentare", r"zum thema", r"artikel (?:anhören|teilen|merken|drucken)",
    r"mehr (?:zum|dazu|anzeigen|lesen|infos?)", r"lesen sie (?:auch|hier|mehr)", r"quelle:", r"anmelden",
    r"abonnieren", r"jetzt (?:abonnieren|anmelden|lesen|testen|registrieren)", r"newsletter", r"bild(?:quelle)?:",
    r"foto:", r"link (?:wurde )?kopier", r"startseite", r"zur (?:startseite|homepage)", r"lesezeit", r"stand:",
    r"hinweis$", r"auch interessant", r"externe[rn]? inhalt", r"empfohlener (?:redaktioneller )?inhalt",
    r"melden sie sich", r"hier (?:klicken|finden sie)", r"schließen",
    # French, Spanish, Portuguese, Italian, Catalan
    r"publicité", r"partager", r"lire (?:aussi|plus|la suite)", r"à lire aussi", r"s'abonner", r"abonnez",
    r"se connecter", r"écouter", r"publicidad", r"compartir", r"lee(?:r)? (?:también|más)", r"suscr[ií]b",
    r"iniciar sesión", r"escuchar", r"regístrate", r"tu suscripción", r"publicidade", r"compartilh", r"partilhar",
    r"leia (?:também|mais)", r"assine", r"pubblicità", r"condividi", r"leggi (?:anche|di più)", r"abbonati",
    r"accedi", r"ascolta",
    # Dutch and Scandinavian
    r"advertentie", r"delen", r"lees (?:ook|meer|verder)", r"abonneer", r"inloggen", r"annonse?", r"annons", r"dela",
    r"del (?:på|artikkel)", r"läs (?:mer|också|även)", r"læs (?:mere|også)", r"les (?:mer|også|flere)", r"logga in",
    r"log ind", r"logg inn", r"prenumerera",
    # Polish, Turkish, Lithuanian, Icelandic, Indonesian, Vietnamese
    r"reklama?", r"udostępnij", r"czytaj (?:także|więcej|również)", r"zobacz (?:także|też|więcej)", r"zaloguj",
    r"źródło:", r"reklam", r"paylaş", r"devamını oku", r"abone ol", r"skaityti (?:daugiau|taip pat)", r"dalintis",
    r"deila", r"lesa meira", r"bagikan", r"baca juga", r"chia sẻ",
    # Russian, Ukrainian
    r"реклама", r"поделиться", r"читайте также", r"читать (?:также|далее)", r"подпис", r"поділитися",
    r"читайте (?:також|ще)",
    # Japanese, Chinese, Korean, Arabic
    r"シェア", r"ツイート", r"印刷", r"コメント", r"ログイン", r"会員登録", r"続きを読む", r"詳しくはこちら", r"分享",
    r"登录", r"責任編輯", r"责任编辑", r"공유",
    r"로그인", r"구독", r"댓글", r"شارك", r"اشترك",
)  # fmt: skip

# What stands below an article's last word: comments, tags, other stories, the footer.
ENDINGS = _starts(
    r"read comments", r"view (?:reader )?comments",
    r"(?:post|add|leave|join) (?:a|your|the) (?:comment|conversation|reply)", r"reader comments",
    r"related(?: (?:articles|stories|topics|news|tags|content|posts|links|items|countries|coverage))?$",
    r"(?:more )?top stories", r"trending", r"most (?:read|popular|viewed|shared)",
    r"you (?:may|might) (?:also )?(?:like|be interested)", r"recommended", r"special offers?", r"more from",
    r"more (?:on this story|like this|stories)", r"explore more", r"topics?:?$", r"tags?:?$", r"about the author",
    r"follow .{2,30}:$", r"what to read next", r"share this (?:story|article)", r"popular (?:now|posts|stories)",
    r"latest (?:news|stories|posts)", r"(?:terms|conditions) of (?:use|service)", r"privacy (?:policy|notice)",
    r"cookies?(?: policy| settings| preferences)?$", r"all rights reserved", r"©", r"\(c\) \d{4}", r"copyright",
    r"das könnte (?:sie|dich)", r"mehr (?:zum thema|lesen über|aus|von|nachrichten)",
    r"weitere (?:artikel|themen|nachrichten|informationen|meldungen)", r"auch interessant", r"meistgelesen",
    r"häufig gelesen", r"themen:?$", r"schlagw[oö]rter", r"stichwörter", r"zur startseite", r"impressum",
    r"datenschutz", r"artikel-tools", r"lesen sie auch$", r"ähnliche (?:artikel|themen)", r"empfehlungen",
    r"verwandte (?:artikel|themen)", r"neueste (?:artikel|nachrichten)", r"top-?themen",
    r"aktuelle (?:nachrichten|videos|themen)", r"dieses thema im programm", r"seitennavigation", r"à lire aussi$",
    r"sur le même (?:sujet|thème)", r"les plus lus", r"mentions légales", r"thèmes", r"mots[- ]clés",
    r"à ne pas manquer", r"más (?:información|noticias|leídas|sobre)", r"lo más (?:leído|visto)", r"etiquetas",
    r"archivado en", r"te puede interesar", r"noticias relacionadas", r"comentarios$", r"aviso legal", r"normas",
    r"mais (?:lidas|notícias)", r"leia também$", r"etichette", r"più letti", r"potrebbe interessarti",
    r"leggi anche$", r"meer (?:over|nieuws)", r"meest gelezen", r"lees ook$", r"mest (?:läst|leste|lest)",
    r"följ ämnen", r"läs också$", r"flere (?:saker|nyheder)", r"mere om", r"mer om", r"najpopularniejsze",
    r"powiązane", r"tagi:?$", r"najnowsze", r"ilgili haberler", r"en çok okunan", r"etiketler", r"susiję",
    r"populiariausi", r"nýjast", r"mest lesið", r"читайте также$", r"теги", r"самое (?:читаемое|популярное)",
    r"関連", r"ランキング", r"あわせて読みたい", r"おすすめ", r"アクセスランキング", r"こんな記事も",
    r"相关(?:新闻|阅读)",
    r"관련(?: )?(?:기사|뉴스)", r"많이 본", r"저작권", r"무단(?: )?전재", r"최신(?: )?기사", r"اقرأ أيضا",
    r"bài liên quan",
    r"berita terkait",
)  # fmt: skip

# Sentences that ask the reader for something: an account, consent, money, a newer browser. They speak to "you" or "us",
# since cookies, passwords and JavaScript are also what security news is about.
PLEAS = re.compile(
    r"\b(?:(?:we|this (?:web)?site|our partners?) uses? cookies|(?:accept|manage|reject|allow) (?:all )?cookies|"
    r"cookie (?:policy|settings|preferences|notice)|(?:our|the|a|free|daily|weekly) newsletters?\b.{0,80}$|"
    r"your (?:inbox|browser|account|e-?mail|subscription)|(?:please )?(?:enable|turn on|activate) javascript|"
    r"ad ?blocker|terms of (?:use|service)|privacy policy|all rights reserved|sign(?:ing)? up (?:for|to|now|"
    r"today|here)|subscribe (?:to|now|today|here)|free trial|(?:already a|become a) (?:subscriber|member)|"
    r"log in (?:to|or|with)|follow (?:us|@\w+)|follow \w+ on (?:twitter|x|facebook)|(?:push|"
    r"breaking news) (?:notifications|alerts)|for more (?:news|stories|information)|whatsapp[- ](?:kanal|"
    r"channel)|(?:unser|den|zum|kostenlosen?) newsletter|cookies? (?:zu|akzeptieren|verwendet)|"
    r"datenschutzerklärung|ihr(?:e|er|en)? (?:e-mail-adresse|einwilligung|zustimmung|abonnement|browser)|"
    r"jetzt abonnieren|bereits abonnent|externen? inhalte?n?\b|adblocker|(?:tu|su) suscripción|suscríbe\w*|"
    r"acepta(?:r)? (?:las )?cookies|abonnez-vous|votre (?:abonnement|e-mail|consentement)|inscrivez-vous|"
    r"accept(?:er|ez) (?:les )?cookies|iscriviti|il tuo abbonamento|prenumerera|nyhetsbrev|nyhedsbrev|"
    r"nieuwsbrief|newslettera|abone ol)|会員(?:登録|限定)|ログイン|無断転載|구독|로그인|подпишитесь",
    re.I,
)
CREDIT = re.compile(
    r"^\W*(?:photos?|photograph|picture|image|images|credits?|file|foto|fotos|bild|bilder|grafik|video|imagen|"
    r"crédit|photographie|immagine|kuva|фото|写真|사진|源)(?:\s?(?:by|von|de|di|av|af|credit|rechte|quelle|"
    r"courtesy))?\s*[:：/©]|^\s*©|\b(?:getty(?: images)?|shutterstock|imago(?: images)?|picture[- ]alliance|"
    r"afp via|ap photo|ap images|epa-efe|ritzau scanpix|unsplash|wikimedia)\b",
    re.I,
)
# "Li Wei/Xinhua/AP", "Jane Roe / Reuters": names and agencies parted by slashes and nothing else.
SLASHED = re.compile(r"^[^\W\d_][\w.'’-]*(?: [\w.'’-]+){0,4}\s?/\s?[^\W\d_][\w.'’ -]*(?:\s?/\s?[\w.'’ -]+){0,2}$")
PAGE_MARK = re.compile(
    r"^\W*(?:(?:page|seite|pagina|página|sida|side|strona|страница)\s+(\d{1,2})(?:\s*(?:of|von|de|di|sur|av|van|"
    r"из|z|/)\s*(\d{1,2}))?|[\[(]\s*(\d{1,2})\s*/\s*(\d{1,2})\s*[\])]|"
    r"第(\d{1,2})[页頁](?:\s*[/共]\s*(\d{1,2})[页頁]?)?)\W*$",
    re.I,
)
