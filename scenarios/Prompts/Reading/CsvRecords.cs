using System.Text;

namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>
/// Records of a CSV text (RFC 4180), one at a time: fields in double quotes may hold commas and line ends; blank lines are no
/// records.
/// </summary>
internal static class CsvRecords
{
    private const int MaxRecord = 16 << 20;

    /// <param name="line">Number of the text's first line.</param>
    /// <returns>The line on which a record begins, and its fields without their quotes. Lines may end in LF, CR LF or
    /// CR.</returns>
    public static IEnumerable<(int Line, List<string> Fields)> Read(TextReader reader, string path, int line)
    {
        var text = new Letters(reader);
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        var begun = line;
        var size = 0;
        for (var next = text.Read(); next >= 0; next = text.Read())
        {
            var letter = (char)next;
            var endsLine = letter == '\n' || (letter == '\r' && text.Peek() != '\n');
            line += endsLine ? 1 : 0;
            if (++size > MaxRecord)
            {
                throw new PromptException(FormattableString.Invariant($"{path}:{begun}: a record of more than 16 Mi characters; is a quote missing?"));
            }

            if (quoted)
            {
                if (letter != '"')
                {
                    field.Append(letter);
                }
                else if (text.Peek() == '"')
                {
                    field.Append('"');
                    text.Read();
                }
                else
                {
                    quoted = false;
                }
            }
            else if (letter == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (letter == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (endsLine)
            {
                if (field.Length > 0 || fields.Count > 0)
                {
                    fields.Add(field.ToString());
                    yield return (begun, fields);
                }

                fields = [];
                field.Clear();
                begun = line;
                size = 0;
            }
            else if (letter != '\r')
            {
                field.Append(letter);
            }
        }

        if (field.Length > 0 || fields.Count > 0)
        {
            fields.Add(field.ToString());
            yield return (begun, fields);
        }
    }

    /// <summary>Letters of a text by blocks: a call to the reader for each one would cost more than all the rest.</summary>
    private sealed class Letters(TextReader reader)
    {
        private readonly char[] _block = new char[1 << 14];
        private int _at;
        private int _end;

        public int Read() => _at < _end || Fill() ? _block[_at++] : -1;

        public int Peek() => _at < _end || Fill() ? _block[_at] : -1;

        private bool Fill()
        {
            _at = 0;
            _end = reader.Read(_block, 0, _block.Length);
            return _end > 0;
        }
    }
}
