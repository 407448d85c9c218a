using System.IO.Compression;
using System.Text;
using ChaosBench.Scenarios.Traces;
using ChaosBench.Tests.Scenarios.Prompts;

namespace ChaosBench.Tests.Scenarios.Traces;

/// <summary>A small sound file of every format, and short ways to read one.</summary>
internal static class Samples
{
    /// <summary>Format, file name, content, rows in it.</summary>
    public static readonly (string Format, string File, string Text, int Rows)[] All =
    [
        ("chaosbench", "t.jsonl", """
            {"chaosbench":"trace","version":1,"source":"mooncake","blockTokens":512}
            {"at":0,"in":600,"out":5,"hashIds":[1,2]}
            {"at":1500000000,"messages":[{"role":"user","content":"hi"}],"answer":"yes","session":"s","turn":1,"cohort":"c","failed":true}
            """, 2),
        ("azure", "a.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.6805900,374,44\r\n2023-11-16 18:15:50.9951690,396,109", 2),
        ("azure", "b.csv", "TIMESTAMP, ContextTokens, GeneratedTokens\n2024-05-12 00:00:20+00:00, 10, 2\n2024-05-12 02:00:21.5+02:00, 11, 3\n", 2),
        ("burstgpt", "c.csv", "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n45,GPT-4,1087,0,1087,API log\n", 2),
        ("burstgpt", "d.csv", "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n19440110.0,7,2.5,GPT-4,10,5,15,API log\n19440112.5,7,1.5,GPT-4,20,5,25,API log\n", 2),
        ("servegen", "e-trace.csv", "0,2,1.2,Gamma,0.7,20.4\r\n600,0,0,,0,0\r\n1200,1,2,Weibull,0.5,1\r\n", -1),
        ("lengths", "f.csv", "num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio\n3772,54,3826,69.85\n", 1),
        ("mooncake", "g.jsonl", "{\"timestamp\": 0, \"input_length\": 6758, \"output_length\": 500, \"hash_ids\": [0, 1]}\n{\"timestamp\": 3000, \"input_length\": 7322, \"output_length\": 490, \"hash_ids\": [0, 14]}\n\n", 2),
        ("vllm-trace", "h.jsonl", "{\"timestamp\": 0.5, \"input_length\": 20, \"output_length\": 5, \"hash_ids\": [1, 2]}\n{\"timestamp\": 2, \"input_length\": 20, \"output_length\": 5}\n", 2),
        ("bailian", "i.jsonl", "{\"chat_id\":1,\"parent_chat_id\":-1,\"timestamp\":61.1,\"input_length\":30,\"output_length\":4,\"type\":\"text\",\"turn\":1,\"hash_ids\":[8,9]}\n{\"chat_id\":2,\"parent_chat_id\":1,\"timestamp\":70.25,\"input_length\":40,\"output_length\":4,\"type\":\"text\",\"turn\":2,\"hash_ids\":[8,9,10]}\n", 2),
        ("sharegpt", "j.json", "[{\"id\":\"x\",\"conversations\":[{\"from\":\"human\",\"value\":\"a\"},{\"from\":\"gpt\",\"value\":\"b\"},{\"from\":\"human\",\"value\":\"c\"},{\"from\":\"gpt\",\"value\":\"d\"}]}]", 2),
        ("openai-messages", "k.json", "[{\"id\":\"x\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"},{\"role\":\"user\",\"content\":\"c\"}]}]", 2),
        ("openai-batch", "l.jsonl", "{\"custom_id\":\"r1\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"max_tokens\":9}}\n{\"id\":\"b\",\"custom_id\":\"r2\",\"response\":{\"status_code\":200,\"body\":{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}},\"error\":null}\n", 2),
        ("session-records", "m.json", "{\"Entries\":[{\"RequestUri\":\"https://x/v1/chat/completions\",\"RequestMethod\":\"POST\",\"RequestBody\":{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]},\"StatusCode\":200,\"ResponseBody\":[\"data: {\\\"choices\\\":[{\\\"delta\\\":{\\\"content\\\":\\\"yes\\\"}}]}\",\"\",\"data: {\\\"choices\\\":[],\\\"usage\\\":{\\\"prompt_tokens\\\":3,\\\"completion_tokens\\\":1}}\",\"\",\"data: [DONE]\",\"\"]}]}", 1),
        ("vcr", "n.yaml", "interactions:\n- request:\n    body: '{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"model\": \"m\"}'\n    method: POST\n    uri: https://x/v1/chat/completions\n  response:\n    body:\n      string: '{\"choices\":[{\"message\":{\"content\":\"yes\"}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}'\n    status:\n      code: 200\n      message: OK\nversion: 1\n", 1),
        ("har", "o.har", "{\"log\":{\"version\":\"1.2\",\"entries\":[{\"startedDateTime\":\"2024-05-12T00:00:20.123Z\",\"time\":50,\"request\":{\"method\":\"POST\",\"url\":\"https://x/v1/completions\",\"postData\":{\"mimeType\":\"application/json\",\"text\":\"{\\\"prompt\\\":\\\"a\\\",\\\"max_tokens\\\":7}\"}},\"response\":{\"status\":500,\"content\":{\"text\":\"eyJ9\",\"encoding\":\"base64\"}}},{\"startedDateTime\":\"2024-05-12T00:00:21Z\",\"request\":{\"method\":\"GET\",\"url\":\"https://x/\"},\"response\":{\"status\":200}}]}}", 1),
        ("otel-genai", "p.json", "{\"trace_id\":\"t\",\"spans\":[{\"span_id\":\"1\",\"start_time\":\"2026-02-25T10:00:00.000000\",\"attributes\":{\"gen_ai.operation.name\":\"chat\",\"gen_ai.usage.input_tokens\":5,\"gen_ai.request.max_tokens\":50,\"gen_ai.input.messages\":\"[{\\\"role\\\":\\\"user\\\",\\\"content\\\":\\\"a\\\"}]\"}}]}", 1),
        ("otel-genai", "q.json", "{\"resourceSpans\":[{\"resource\":{},\"scopeSpans\":[{\"spans\":[{\"traceId\":\"t\",\"startTimeUnixNano\":\"1700000000000000001\",\"attributes\":[{\"key\":\"gen_ai.request.model\",\"value\":{\"stringValue\":\"m\"}},{\"key\":\"gen_ai.usage.input_tokens\",\"value\":{\"intValue\":\"5\"}},{\"key\":\"gen_ai.input.messages\",\"value\":{\"stringValue\":\"[{\\\"role\\\":\\\"user\\\",\\\"parts\\\":[{\\\"type\\\":\\\"text\\\",\\\"content\\\":\\\"a\\\"}]}]\"}}]},{\"traceId\":\"t\",\"startTimeUnixNano\":\"1\",\"attributes\":[{\"key\":\"db.system\",\"value\":{\"stringValue\":\"x\"}}]}]}]}]}", 1),
        ("aiperf", "r.jsonl", "{\"session_id\":\"a\",\"text\":\"hi\",\"timestamp\":1000,\"output_length\":5}\n{\"session_id\":\"a\",\"texts\":[\"ho\",{\"contents\":[\"hum\"]}],\"delay\":250}\n", 2),
        ("aiperf", "s.jsonl", "{\"session_id\":\"a\",\"turns\":[{\"text\":\"hi\",\"timestamp\":0},{\"text\":\"ho\",\"delay\":250}]}\n", 2),
        ("prompts", "t.txt", "one\ntwo\n", 2),
    ];

    public static ITraceFormat Format(string name) => TraceFormats.Find(name) ?? throw new InvalidOperationException(name);

    public static TraceOptions Options(MemoryFiles files) => new() { Files = files, Seed = 1 };

    public static (List<TraceRecord> Rows, TracePreview Preview) Read(string format, string file, string text, Func<TraceOptions, TraceOptions>? change = null) =>
        Read(format, file, Encoding.UTF8.GetBytes(text), change);

    public static (List<TraceRecord> Rows, TracePreview Preview) Read(string format, string file, byte[] bytes, Func<TraceOptions, TraceOptions>? change = null)
    {
        var options = Options(new MemoryFiles().With(file, bytes));
        using var pass = TracePass.Open(file, format == "auto" ? null : Format(format), change?.Invoke(options) ?? options);
        var rows = pass.Rows().ToList();
        return (rows, pass.Finish());
    }

    public static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
