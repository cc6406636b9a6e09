// Colours code a little: remarks, texts, numbers, keywords, names that are called. It need not understand a language.

const words = {
  python: "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return self try while with yield",
  javascript: "async await break case catch class const continue default delete do else export extends false finally for from function if import in instanceof interface let new null of return static super switch this throw true try type typeof undefined var void while yield",
  swift: "actor any as async await borrowing break case catch class consuming continue defer do else enum extension fallthrough false fileprivate final for func guard if import in init inout internal is let mutating nil nonisolated package private protocol public repeat rethrows return self Self some static struct subscript super switch throw throws true try var where while",
  go: "break case chan const continue default defer else fallthrough false for func go goto if import interface iota map nil package range return select struct switch true type var",
  rust: "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while",
  c: "alignas auto bool break case catch char class const constexpr continue default delete do double else enum explicit extern false final float for friend if inline int long namespace new noexcept nullptr operator override private protected public register return short signed sizeof static static_assert struct switch template this throw true try typedef typename union unsigned using virtual void volatile while",
  java: "abstract assert boolean break byte case catch char class const continue data default do double else enum extends false final finally float for fun if implements import in instanceof int interface long native new null object override package private protected public record return short static super switch synchronized this throw throws true try val var void when while",
  shell: "case do done elif else esac exit export fi for function if in local readonly return set shift source then unset until while",
  sql: "add all alter and as asc between by case create delete desc distinct drop else end exists from group having in index inner insert into is join left like limit not null on or order outer primary key right select set table then union unique update values view when where with",
  ruby: "alias and begin break case class def do else elsif end ensure false for if in module next nil not or redo require rescue retry return self super then true unless until when while yield",
};
words.typescript = words.javascript;
const aliases = {
  py: "python", js: "javascript", jsx: "javascript", mjs: "javascript", ts: "typescript", tsx: "typescript", golang: "go",
  rs: "rust", cpp: "c", "c++": "c", cc: "c", h: "c", cs: "java", "c#": "java", csharp: "java", kotlin: "java", kt: "java",
  scala: "java", sh: "shell", bash: "shell", zsh: "shell", rb: "ruby", postgresql: "sql",
};
const suffixes = {
  python: "py", javascript: "js", typescript: "ts", swift: "swift", go: "go", rust: "rs", c: "c", java: "java",
  shell: "sh", sql: "sql", ruby: "rb", html: "html", css: "css", json: "json", yaml: "yaml", cpp: "cpp", "c++": "cpp",
  kotlin: "kt", csharp: "cs", xml: "xml", markdown: "md",
};

const text = String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?`;
const number = String.raw`\b(?:0[xX][\da-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)\b`;
const word = String.raw`[A-Za-z_$][\w$]*`;
const remarks = {
  hash: String.raw`#[^\n]*`, slash: String.raw`//[^\n]*|/\*[\s\S]*?(?:\*/|$)`, dash: String.raw`--[^\n]*|/\*[\s\S]*?(?:\*/|$)`,
  tag: String.raw`<!--[\s\S]*?(?:-->|$)`, none: String.raw`(?!)`,
};
const remarkOf = { python: "hash", shell: "hash", ruby: "hash", yaml: "hash", sql: "dash", html: "tag", xml: "tag", json: "none" };
const withBackticks = new Set(["javascript", "typescript", "go"]);
const patterns = new Map();

function pattern(language) {
  if (!patterns.has(language)) {
    const remark = remarks[remarkOf[language] ?? "slash"];
    const quotes = withBackticks.has(language) ? `${text}|\`(?:\\\\[\\s\\S]|[^\`\\\\])*\`?` : text;
    patterns.set(language, new RegExp(`(?<remark>${remark})|(?<string>${quotes})|(?<number>${number})|(?<word>${word})`, "g"));
  }
  return patterns.get(language);
}

export const languageOf = (name) => {
  const lower = (name ?? "").toLowerCase().trim();
  return aliases[lower] ?? lower;
};

export const suffixOf = (name) => suffixes[(name ?? "").toLowerCase()] ?? suffixes[languageOf(name)] ?? "txt";

/** The pieces of a code: `{ kind, text }`, kind null for what has no colour. All texts together are the code. */
export function tokens(code, name) {
  const language = languageOf(name);
  // What takes long is shown plainly.
  if (code.length > 200_000) return [{ kind: null, text: code }];
  const keywords = new Set((words[language] ?? words.javascript).split(" "));
  const found = [];
  let end = 0;
  for (const match of code.matchAll(pattern(language))) {
    const kind = kindOf(match, code, keywords, language);
    if (!kind) continue;
    if (match.index > end) found.push({ kind: null, text: code.slice(end, match.index) });
    found.push({ kind, text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < code.length) found.push({ kind: null, text: code.slice(end) });
  return found;
}

function kindOf(match, code, keywords, language) {
  const { remark, string, number, word } = match.groups;
  const next = code.slice(match.index + match[0].length).match(/^\s*(.)/s)?.[1];
  if (remark !== undefined) return "remark";
  if (string !== undefined) return language === "json" && next === ":" ? "name" : "string";
  if (number !== undefined) return "number";
  if (keywords.has(language === "sql" ? word.toLowerCase() : word)) return "keyword";
  return next === "(" ? "name" : null;
}

/** The same as elements. */
export function highlight(code, name) {
  return tokens(code, name).map(({ kind, text }) => {
    if (!kind) return text;
    const span = document.createElement("span");
    span.className = `t-${kind}`;
    span.textContent = text;
    return span;
  });
}
