using System.Buffers;
using System.Text;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Tests.Scenarios.Prompts;

public class JsonTextTests
{
    /// <summary>Not as data of a theory: that is kept as UTF-8, which lone surrogates do not survive.</summary>
    private static readonly (string Text, string Written)[] Texts =
    [
        ("😀", "😀"), ("\ud83d", "\\uD83D"), ("\ude00\ud83d", "\\uDE00\\uD83D"), ("\"", "\\\""), ("\u0001ü", "\\u0001ü"),
    ];

    [Fact]
    public void WriteString_AnywhereInALongText_IsTheSame()
    {
        foreach (var (text, written) in Texts)
        {
            foreach (var before in (int[])[0, 1, 1022, 1023, 1024, 2047])
            {
                var pad = new string('a', before);
                var output = new ArrayBufferWriter<byte>();

                JsonText.WriteString(output, pad + text + pad);

                Assert.Equal($"\"{pad}{written}{pad}\"", Encoding.UTF8.GetString(output.WrittenSpan));
            }
        }
    }
}
