/**
 * What a user of an entry can see: each exported name with its signature. What is not exported has no name here: its
 * members stand where it is used. So a private declaration may be moved or renamed, and a changed public option shows.
 */
import {
  isClassDeclaration,
  isFunctionDeclaration,
  isIdentifier,
  isImportTypeNode,
  isInterfaceDeclaration,
  isPrivateIdentifier,
  isTypeAliasDeclaration,
  isTypeParameterDeclaration,
  isTypeQueryNode,
  isTypeReferenceNode,
  isVariableDeclaration,
} from "typescript/unstable/ast/is";
import {
  SyntaxKind,
  type ClassDeclaration,
  type InterfaceDeclaration,
  type Node,
} from "typescript/unstable/ast";
import { format } from "prettier";
import type { Declarations } from "./declarations.ts";

/** How deep private declarations are shown inside each other. Deeper ones are an implementation's, not a user's. */
const DEPTH = 1;
const DEEPER = "Internal";
/** A user opens a ledger, hands it on and closes it. What its other methods take and give is between our own parts. */
const OPAQUE: ReadonlySet<string> = new Set(["LedgerStore"]);

/** Where the renderer stands. */
interface Place {
  /** How many private declarations with members it is in. */
  readonly depth: number;
  /** The private declarations that it is in: one that refers to itself would never end. */
  readonly within: readonly Node[];
  /** What the type parameters of the innermost one are here. */
  readonly given: ReadonlyMap<Node, string>;
}

interface Reference {
  readonly typeArguments?: readonly Node[] | undefined;
}

/** The declarations of an entry as one TypeScript text, sorted by name. */
export async function surface(declarations: Declarations, specifier: string): Promise<string> {
  const { behind, isOurs } = declarations;
  const publicNames = namesAsSeenFrom(specifier, declarations);
  const exports = [...declarations.exportsOf.get(specifier)!];
  const text = exports.flatMap(([name, nodes]) => nodes.map((node) => exported(name, node))).join("\n");
  return await format(text, { parser: "typescript", printWidth: 140, objectWrap: "collapse" });

  function exported(name: string, node: Node): string {
    const top: Place = { depth: OPAQUE.has(name) ? DEPTH : 0, within: [], given: new Map() };
    if (isFunctionDeclaration(node)) return `declare ${fromKeyword(node, "function", top)}`;
    if (isTypeAliasDeclaration(node)) return fromKeyword(node, "type", top);
    if (isVariableDeclaration(node)) return `declare const ${render(node, top)};`;
    if (isInterfaceDeclaration(node)) return `interface ${name}${parameters(node, top)} ${body(node, top)}`;
    if (isClassDeclaration(node)) return `declare class ${name}${parameters(node, top)} ${body(node, top)}`;
    throw new Error(`${name}: no rule shows a ${SyntaxKind[node.kind]} yet.`);
  }

  /** The declaration without `export` and `declare`. */
  function fromKeyword(node: Node, keyword: string, top: Place): string {
    const rendered = render(node, top);
    return rendered.slice(rendered.indexOf(`${keyword} `));
  }

  function parameters(node: InterfaceDeclaration | ClassDeclaration, top: Place): string {
    const list = node.typeParameters?.map((parameter) => render(parameter, top)) ?? [];
    return list.length === 0 ? "" : `<${list.join(", ")}>`;
  }

  function body(node: InterfaceDeclaration | ClassDeclaration, top: Place): string {
    const { bases, members } = parts(node, top);
    return `${bases.length === 0 ? "" : `extends ${bases.join(", ")} `}{ ${members.join("\n")} }`;
  }

  /** The members of an interface or class with those of its private bases, and the names of its other bases. */
  function parts(node: InterfaceDeclaration | ClassDeclaration, place: Place) {
    const bases: string[] = [];
    const members: string[] = [];
    for (const base of node.heritageClauses?.flatMap((clause) => clause.types) ?? []) {
      const target = privately(base.expression);
      if (target !== undefined && (isInterfaceDeclaration(target) || isClassDeclaration(target))) {
        const inherited = parts(target, enter(target, base, { ...place, depth: place.depth - 1 }));
        bases.push(...inherited.bases);
        members.push(...inherited.members);
      } else {
        bases.push(render(base, place));
      }
    }
    const visible = [...node.members].filter((member) => !isHidden(member));
    return { bases, members: [...members, ...visible.map((member) => render(member, place))] };
  }

  /** The text of a node: as it was written, but for comments, and for names that are not exported. */
  function render(node: Node, place: Place): string {
    if (isIdentifier(node)) return named(node, place);
    if (isTypeReferenceNode(node)) {
      const target = privately(node.typeName);
      if (target !== undefined) return inlined(target, node, place);
    }
    if (isImportTypeNode(node) && node.qualifier !== undefined) {
      const target = privately(node.qualifier);
      if (target !== undefined) return inlined(target, node, place);
    }
    if (isTypeQueryNode(node)) {
      const target = privately(node.exprName);
      if (target !== undefined && isVariableDeclaration(target) && target.type !== undefined) {
        return `(${render(target.type, place)})`;
      }
    }
    const pieces: string[] = [];
    const source = node.getSourceFile().text;
    let position = node.getStart();
    node.forEachChild((child) => {
      pieces.push(withoutComments(source.slice(position, child.getStart())), render(child, place));
      position = child.end;
    });
    return [...pieces, withoutComments(source.slice(position, node.end))].join("");
  }

  function named(name: Node, place: Place): string {
    const [target] = behind(name);
    if (target === undefined) return name.getText();
    return place.given.get(target) ?? publicNames.get(target) ?? name.getText();
  }

  /** The declaration behind a name, if it is the package's own and no entry exports it. */
  function privately(name: Node): Node | undefined {
    const [target] = behind(name);
    if (target === undefined || isTypeParameterDeclaration(target) || !isOurs(target)) return undefined;
    return publicNames.has(target) ? undefined : target;
  }

  function inlined(target: Node, reference: Reference, place: Place): string {
    if ((place.depth >= DEPTH && hasMembers(target)) || place.within.includes(target)) return DEEPER;
    const inside = enter(target, reference, place);
    if (isTypeAliasDeclaration(target)) return `(${render(target.type, inside)})`;
    if (!isInterfaceDeclaration(target) && !isClassDeclaration(target)) return DEEPER;
    const { bases, members } = parts(target, inside);
    return `(${[...bases, `{ ${members.join("\n")} }`].join(" & ")})`;
  }

  /** Inside a private declaration its type parameters are what the reference gives, or else their defaults. */
  function enter(target: Node, reference: Reference, place: Place): Place {
    const given = new Map<Node, string>();
    const inside: Place = {
      depth: place.depth + (hasMembers(target) ? 1 : 0),
      within: [...place.within, target],
      given,
    };
    const declared = "typeParameters" in target ? (target as InterfaceDeclaration).typeParameters : undefined;
    declared?.forEach((parameter, index) => {
      const argument = reference.typeArguments?.[index];
      if (argument !== undefined) given.set(parameter, render(argument, place));
      else if (parameter.defaultType) given.set(parameter, render(parameter.defaultType, inside));
    });
    return inside;
  }
}

/** The names of all that is exported; what only another entry exports is prefixed with that entry. */
function namesAsSeenFrom(specifier: string, { exportsOf }: Declarations): ReadonlyMap<Node, string> {
  const names = new Map<Node, string>();
  const others = [...exportsOf.keys()].filter((entry) => entry !== specifier);
  for (const entry of [specifier, ...others]) {
    const prefix = entry === specifier ? "" : `${entry.replaceAll(/\W/g, "_")}.`;
    for (const [name, nodes] of exportsOf.get(entry)!) {
      for (const node of nodes) if (!names.has(node)) names.set(node, `${prefix}${name}`);
    }
  }
  return names;
}

const hasMembers = (declaration: Node) => declaration.getText().includes("{");

function isHidden(member: Node): boolean {
  const { name, modifiers } = member as { readonly name?: Node; readonly modifiers?: readonly Node[] };
  if (name !== undefined && isPrivateIdentifier(name)) return true;
  return [...(modifiers ?? [])].some(({ kind }) => kind === SyntaxKind.PrivateKeyword);
}

const withoutComments = (text: string) =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/\n\s*\n/g, "\n");
