// Words of what is imported on demand, in both languages.

import { extend } from "../i18n.js";

/** @type {Record<"en" | "zh", Record<string, string>>} */
const words = {
  en: {
    "signIn.title": "Sign in",
    "signIn.again": "Sign in again",
    "signIn.text.api-key": "This analyst is asked by people it knows. Whoever runs it can give you an API key.",
    "signIn.text.jwt": "This analyst is asked by people it knows. Paste the token that your identity provider gave you.",
    "signIn.ended": "Your sign-in is over: the key was revoked, or its time has run out. The page goes on where it was.",
    "signIn.key.api-key": "API key",
    "signIn.key.jwt": "Token",
    "signIn.show": "Show what was typed",
    "signIn.do": "Sign in",
    "signIn.doing": "Checking…",
    "signIn.missing": "Paste a key first.",
    "signIn.noCookies": "The key is valid, but this browser keeps no cookies for this address. Allow them to sign in.",
    "signIn.fine": "Kept in a cookie that no script can read, in this browser only.",
    "signOut.as": "Signed in as {name}",
    "signOut.key": "Key {id}",
    "signOut.until": "Until {date}",
    "signOut.header": "The browser itself sends the key: quit it to sign out.",
    signOut: "Sign out",
  },
  zh: {
    "signIn.title": "登录",
    "signIn.again": "请重新登录",
    "signIn.text.api-key": "这里只回答认识的人。API 密钥可向管理员索取。",
    "signIn.text.jwt": "这里只回答认识的人。请粘贴身份提供方签发给您的令牌。",
    "signIn.ended": "登录已失效：密钥已被吊销或已到期。登录后，页面从原处继续。",
    "signIn.key.api-key": "API 密钥",
    "signIn.key.jwt": "令牌",
    "signIn.show": "显示输入内容",
    "signIn.do": "登录",
    "signIn.doing": "正在核对…",
    "signIn.missing": "请先粘贴密钥。",
    "signIn.noCookies": "密钥有效，但此浏览器不为本站保存 Cookie。请允许 Cookie 后再登录。",
    "signIn.fine": "密钥仅保存在本浏览器的 Cookie 中，任何脚本都无法读取。",
    "signOut.as": "已登录：{name}",
    "signOut.key": "密钥 {id}",
    "signOut.until": "有效期至{date}",
    "signOut.header": "密钥由浏览器自行发送：退出浏览器即可登出。",
    signOut: "退出登录",
  },
};

extend(words);
export default words;
