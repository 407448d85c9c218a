using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ChaosBench.Tests.Support;

/// <summary>CycloneDX's own schema of version 1.6, from the npm package that the build fetches for tests (Apache-2.0).</summary>
internal static class CycloneDxSchema
{
    /// <returns><c>valid</c>, or the errors.</returns>
    public static async Task<string> ValidateAsync(string path)
    {
        var modules = Path.Combine(Repository.Root, "node_modules");
        var schemas = Path.Combine(modules, "@cyclonedx", "cyclonedx-library", "res", "schema");
        Skip.IfNot(Directory.Exists(schemas), "node_modules/@cyclonedx is missing: build the solution, which fetches the npm parts");
        var script = $$"""
            const fs = require('fs');
            const Ajv = require({{JsonValue.Create(Path.Combine(modules, "ajv")).ToJsonString()}});
            const read = name => JSON.parse(fs.readFileSync({{JsonValue.Create(schemas).ToJsonString()}} + '/' + name, 'utf8'));
            const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
            // The files refer to each other by their names beside the first one's address, and call themselves otherwise.
            for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json']) {
              const schema = read(name);
              schema.$id = 'http://cyclonedx.org/schema/' + name;
              ajv.addSchema(schema);
            }
            const check = ajv.compile(read('bom-1.6.SNAPSHOT.schema.json'));
            const good = check(JSON.parse(fs.readFileSync({{JsonValue.Create(path).ToJsonString()}}, 'utf8')));
            console.log(good ? 'valid' : JSON.stringify(check.errors.slice(0, 5)));
            """;
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync().WaitAsync(Eventually.Patience);
        Assert.True(node.ExitCode == 0, await error);
        return (await output).Trim();
    }
}
