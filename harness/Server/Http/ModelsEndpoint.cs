using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary><c>/v1/models</c>: the one model of this face.</summary>
internal sealed class ModelsEndpoint(FaceModel face)
{
    public Task ListAsync(HttpContext context) => WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        WriteModel(json);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public Task OneAsync(HttpContext context) =>
        context.Request.RouteValues["name"] is string name && name == face.Identity.Name
            ? WriteAsync(context, WriteModel)
            : ErrorReply.WriteAsync(context, new ApiError(404, "model_not_found", "model", $"The only model here is {face.Identity.Name}."));

    private void WriteModel(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", face.Identity.Name);
        json.WriteString("object", "model");
        json.WriteNumber("created", 0);
        json.WriteString("owned_by", "chaosbench");
        json.WriteNumber("max_model_len", face.MaxContext);
        json.WriteString("sha256", face.Identity.ModelSha256);
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
