using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace ChaosBench.Tests.Support;

/// <summary>Documents against a JSON Schema, by the npm package that the build fetches for tests.</summary>
internal static class Ajv
{
    /// <returns><c>valid</c>, or <c>invalid</c> with the first error, for each document.</returns>
    /// <param name="perTest">Each document is <c>{schema, value}</c> and may use the definitions of <paramref name="schema"/>.</param>
    /// <param name="lenient">For schemas of others: keywords and formats that ajv does not know are left out, not refused.</param>
    public static List<string> Validate(string schema, IReadOnlyList<string> documents, bool perTest = false, bool lenient = false)
    {
        var modules = Path.Combine(Repository.Root, "node_modules");
        Skip.IfNot(Directory.Exists(Path.Combine(modules, "ajv")), "node_modules/ajv is missing: build the solution, which fetches the npm parts");
        var script = $$"""
            const Ajv = require({{JsonValue.Create(Path.Combine(modules, "ajv")).ToJsonString()}});
            const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
            // ajv reads draft-07; what draft-04 calls otherwise is only the schema's own name.
            const draft4 = (input.schema.$schema ?? '').includes('draft-04');
            if (draft4) { delete input.schema.$schema; delete input.schema.id; }
            const mild = draft4 || {{(lenient ? "true" : "false")}};
            const ajv = new Ajv({ strict: !mild, strictTypes: false, strictRequired: false, allErrors: true, validateFormats: !mild, unicodeRegExp: !mild });
            if (!mild) ajv.addKeyword('markdownDescription');
            const whole = {{(perTest ? "null" : "ajv.compile(input.schema)")}};
            for (const text of input.documents) {
              const one = JSON.parse(text);
              const check = whole ?? ajv.compile({ ...one.schema, definitions: input.schema.definitions });
              console.log(check(whole ? one : one.value) ? 'valid' : 'invalid ' + JSON.stringify(check.errors[0]) + text);
            }
            """;
        var start = new ProcessStartInfo("node", ["-e", script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var node = Process.Start(start)!;
        var errors = node.StandardError.ReadToEndAsync();
        using (var input = new StreamWriter(node.StandardInput.BaseStream, new UTF8Encoding(false)))
        {
            input.Write(new JsonObject { ["schema"] = JsonNode.Parse(schema), ["documents"] = new JsonArray([.. documents.Select(text => (JsonNode)text)]) }.ToJsonString());
        }

        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, errors.GetAwaiter().GetResult());
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
