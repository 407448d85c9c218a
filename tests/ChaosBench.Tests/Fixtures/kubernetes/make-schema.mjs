// Writes kubernetes.schema.json: what Kubernetes takes as a Job, a ConfigMap and a PersistentVolumeClaim, with every field that it does not
// know an error. The types come from the project's own JavaScript client, which is generated from its OpenAPI document:
//   npm pack @kubernetes/client-node@2.0.1 && tar xzf kubernetes-client-node-2.0.1.tgz
//   node make-schema.mjs package > kubernetes.schema.json
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const models = join(resolve(process.argv[2]), 'dist/gen/models');
const definitions = {};

async function define(name) {
  if (name in definitions) return;
  definitions[name] = {}; // types refer to each other in circles
  const fields = (await import(pathToFileURL(join(models, `${name}.js`))))[name].getAttributeTypeMap();
  const declaration = readFileSync(join(models, `${name}.d.ts`), 'utf8');
  const schema = { type: 'object', additionalProperties: false, properties: {} };
  for (const { name: field, baseName, type, format } of fields) {
    schema.properties[baseName] = await typeOf(type, format);
    // Declared without a question mark: it must be there.
    if (new RegExp(`^    '${field.replace(/\$/g, '\\$')}': `, 'm').test(declaration)) (schema.required ??= []).push(baseName);
  }
  definitions[name] = schema;
}

async function typeOf(type, format) {
  const list = /^Array<(.*)>$/.exec(type);
  if (list) return { type: 'array', items: await typeOf(list[1], format) };
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) return { type: 'object', additionalProperties: await typeOf(map[1], format) };
  switch (type) {
    case 'string': case 'Date': case 'V1MicroTime': return { type: 'string' };
    case 'boolean': return { type: 'boolean' };
    case 'number': return { type: format.startsWith('int') ? 'integer' : 'number' };
    case 'IntOrString': return { type: ['integer', 'string'] };
    case 'any': return {};
    default:
      await define(type);
      return { $ref: `#/definitions/${type}` };
  }
}

const kinds = { Job: ['batch/v1', 'V1Job'], ConfigMap: ['v1', 'V1ConfigMap'], PersistentVolumeClaim: ['v1', 'V1PersistentVolumeClaim'] };
const anyOf = [];
for (const [kind, [version, type]] of Object.entries(kinds)) {
  await define(type);
  Object.assign(definitions[type].properties, { apiVersion: { const: version }, kind: { const: kind } });
  definitions[type].required = ['apiVersion', 'kind', 'metadata', ...(definitions[type].required ?? [])];
  anyOf.push({ $ref: `#/definitions/${type}` });
}

const release = /OpenAPI spec version: (\S+)/.exec(readFileSync(join(models, 'V1Job.d.ts'), 'utf8'))[1];
const comment = `Kubernetes ${release}, by make-schema.mjs from @kubernetes/client-node (Apache-2.0, the Kubernetes authors; LICENSE beside this file)`;
// A line a type: differences between releases then read as such.
const lines = Object.entries(definitions).map(([name, schema]) => `  ${JSON.stringify(name)}: ${JSON.stringify(schema)}`);
console.log(`{\n "$comment": ${JSON.stringify(comment)},\n "anyOf": ${JSON.stringify(anyOf)},\n "definitions": {\n${lines.join(",\n")}\n }\n}`);
