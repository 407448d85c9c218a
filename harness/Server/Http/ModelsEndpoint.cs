using System.Text.Json;
using ChaosBench.Server.Versions;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary><c>/v1/models</c>: the one model of this face, or the name under which the traffic is split and then its versions.</summary>
internal sealed class ModelsEndpoint(VersionSet versions)
{
    public Task ListAsync(HttpContext context) => WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var id in Ids)
        {
            WriteModel(json, id);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    public Task OneAsync(HttpContext context) =>
        context.Request.RouteValues["name"] is string name && Ids.Contains(name)
            ? WriteAsync(context, json => WriteModel(json, name))
            : ErrorReply.WriteAsync(context, new ApiError(404, "model_not_found", "model", Ids.Length == 1
                ? $"The only model here is {Ids[0]}."
                : $"The models here are {string.Join(", ", Ids)}."));

    private string[] Ids => [.. versions.All.Select(version => version.Id).Prepend(versions.Name).Distinct()];

    private void WriteModel(Utf8JsonWriter json, string id)
    {
        var version = versions.All.FirstOrDefault(version => version.Id == id);
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", "model");
        json.WriteNumber("created", 0);
        json.WriteString("owned_by", "chaosbench");
        json.WriteNumber("max_model_len", version?.Model.MaxContext ?? versions.All.Min(any => any.Model.MaxContext));
        if (version is not null)
        {
            json.WriteString("sha256", version.Model.Identity.ModelSha256);
        }

        if (version?.Label is { } label && versions.Split is { } split)
        {
            json.WriteString("version", label);
            json.WriteNumber("traffic_percent", version == versions.All[0] ? split.Stable : split.Canary);
        }

        json.WriteEndObject();
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            write(json);
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
