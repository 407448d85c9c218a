using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces.Formats;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces;

/// <summary>The formats by name.</summary>
public static class TraceFormats
{
    /// <summary>In the order in which a file is asked whether it is one of them: the most particular first.</summary>
    public static IReadOnlyList<ITraceFormat> All { get; } =
    [
        new NativeFormat(), new AzureFormat(), new BurstGptFormat(), new ServeGenFormat(), new LengthsFormat(),
        new BailianFormat(), HashedFormat.Mooncake, HashedFormat.VllmTrace, new SessionRecordsFormat(), new HarFormat(),
        new VcrFormat(), new OtelGenAiFormat(), new OpenAiBatchFormat(), new AiPerfFormat(), new ShareGptFormat(),
        new OpenAiMessagesFormat(), new PromptsFormat(),
    ];

    public static ITraceFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>
    /// The first whose mark the file bears; a file without any is one of prompts. Throws when it cannot be that either.
    /// </summary>
    public static ITraceFormat Recognise(TraceHead head) => All.FirstOrDefault(format => format.Recognises(head))
        ?? throw new PromptException(
            $"{head.Path}: is of no known format; name one of {string.Join(", ", All.Select(format => format.Name))}");
}
