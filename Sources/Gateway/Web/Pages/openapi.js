// Reads the gateway's description of itself.
import { root } from "./dom.js";

export async function load() {
  const answer = await fetch(new URL("openapi.json", root));
  if (!answer.ok) throw new Error(`openapi.json: status ${answer.status}`);
  return new Description(await answer.json());
}

export class Description {
  constructor(document) {
    this.document = document;
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => this.#operation(path, method, operation)));
    this.schemas = Object.entries(document.components.schemas).map(([name, schema]) => ({ name, schema }));
    this.tags = document.tags.map((tag) =>
      ({ ...tag, operations: this.operations.filter((operation) => operation.tag === tag.name) }));
  }

  #operation(path, method, operation) {
    const responses = Object.entries(operation.responses)
      .map(([status, response]) => ({ status, ...this.resolve(response) }));
    return {
      id: operation.operationId, path, method: method.toUpperCase(), tag: operation.tags[0],
      summary: operation.summary, description: operation.description ?? "",
      parameters: (operation.parameters ?? []).map((parameter) => this.resolve(parameter)),
      body: operation.requestBody?.content["application/json"] ?? null,
      security: (operation.security ?? this.document.security).flatMap((way) => Object.keys(way)),
      isOpen: (operation.security ?? this.document.security).some((way) => Object.keys(way).length === 0),
      responses,
    };
  }

  /** What a `$ref` leads to. */
  resolve(value) {
    if (!value?.$ref) return value;
    return value.$ref.slice(2).split("/").reduce((part, name) => part[name], this.document);
  }

  /** The name of the schema that a `$ref` leads to. */
  nameOf(schema) { return schema?.$ref?.split("/").pop() ?? null; }

  /** A schema's type in a few words. */
  typeOf(schema) {
    const name = this.nameOf(schema);
    if (name) return name;
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
    if (schema.anyOf) return schema.anyOf.map((part) => this.typeOf(part)).join(" | ");
    if (schema.type === "array") return `array of ${this.typeOf(schema.items)}`;
    if (Array.isArray(schema.type)) return schema.type.join(" | ");
    return schema.type ?? "any";
  }

  /** What else a schema asks for, in a few words each. */
  boundsOf(schema) {
    const bounds = [];
    if (schema.format) bounds.push(schema.format);
    if (schema.minimum !== undefined) bounds.push(`≥ ${schema.minimum}`);
    if (schema.maximum !== undefined) bounds.push(`≤ ${schema.maximum}`);
    if (schema.minLength) bounds.push(`at least ${schema.minLength} characters`);
    if (schema.minItems) bounds.push(`at least ${schema.minItems}`);
    if (schema.pattern) bounds.push(schema.pattern);
    if (schema.default !== undefined) bounds.push(`default ${JSON.stringify(schema.default)}`);
    return bounds;
  }

  /** The examples of a media type, or one made of its schema. */
  examplesOf(media) {
    if (media.examples) return Object.values(media.examples);
    if (media.example !== undefined) return [{ summary: "Example", value: media.example }];
    const value = this.sample(media.schema);
    return value === undefined ? [] : [{ summary: "Example", value }];
  }

  /** A value that fits a schema; undefined where nothing can be said. */
  sample(schema, depth = 0) {
    schema = this.resolve(schema);
    if (!schema || depth > 6) return undefined;
    if (schema.const !== undefined) return schema.const;
    if (schema.default !== undefined) return schema.default;
    if (schema.enum) return schema.enum[0];
    if (schema.anyOf) return this.sample(schema.anyOf[0], depth);
    switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
      case "object": {
        if (!schema.properties) return depth ? {} : undefined;
        const wanted = schema.required ?? Object.keys(schema.properties);
        return Object.fromEntries(wanted.map((name) => [name, this.sample(schema.properties[name], depth + 1) ?? null]));
      }
      case "array": {
        const item = this.sample(schema.items, depth + 1);
        return item === undefined ? [] : [item];
      }
      case "string": return schema.format === "uuid" ? "0b6cdd6e-9a7f-4c1e-8f0a-2b8f6f1d7c55" : depth ? "text" : undefined;
      case "integer": case "number": return schema.minimum ?? 0;
      case "boolean": return true;
      default: return depth ? null : undefined;
    }
  }
}

export const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The command that makes the same call. `fields`: names and values of the request's head. */
export function curl(method, url, fields, body) {
  const parts = ["curl -sN"];
  if (method !== (body ? "POST" : "GET")) parts[0] += ` -X ${method}`;
  parts[0] += ` ${quoted(url)}`;
  for (const [name, value] of Object.entries(fields)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body) parts.push(`-d ${quoted(body)}`);
  return parts.join(" \\\n  ");
}
