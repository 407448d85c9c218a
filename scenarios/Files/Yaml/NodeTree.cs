using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ChaosBench.Scenarios.Files.Yaml;

/// <summary>
/// YAML events to <see cref="Node"/>s. The parser is YamlDotNet's; the limits are ours, checked while events arrive, so that a
/// hostile file costs no more than its bytes. What YAML offers beyond plain data is refused: tags, several documents, keys
/// that are not text.
/// </summary>
internal sealed class NodeTree
{
    public const int DeepestNesting = 32;
    public const int MostNodes = 50_000;

    private readonly Parser _events;
    private readonly Reading _reading;
    private readonly string? _override;
    private readonly Dictionary<string, Node> _anchors = new(StringComparer.Ordinal);

    /// <summary>Nodes read from the text so far; aliases come on top through <see cref="Node.Size"/>.</summary>
    private long _nodes;

    private NodeTree(string text, Reading reading, string? fromOverride)
    {
        _events = new Parser(new StringReader(text));
        _reading = reading;
        _override = fromOverride;
    }

    /// <summary>Null after reporting what is wrong.</summary>
    /// <param name="fromOverride">The path of the <c>--set</c> whose value this is.</param>
    public static Node? Parse(string text, Reading reading, string? fromOverride = null)
    {
        var tree = new NodeTree(text, reading, fromOverride);
        try
        {
            return tree.Document();
        }
        catch (YamlException broken)
        {
            reading.Report(tree.At(broken.Start), $"this is not YAML: {Shown.Plain(FirstSentence(broken.Message))}",
                Remedy(text, broken.Start));
            return null;
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 16.3 ends so on some broken flow text where it should have said where: a bug of its scanner.
            reading.Report(tree.At(tree._events.Current?.End ?? Mark.Empty), "this is not YAML",
                "check the quotes and the brackets from here on");
            return null;
        }
        catch (RefusedException refused)
        {
            reading.Report(refused.Place, refused.Message, refused.Right);
            return null;
        }
    }

    private Node Document()
    {
        _events.Consume<StreamStart>();
        if (!_events.TryConsume<DocumentStart>(out _))
        {
            throw Refuse(_events.Current, "the file is empty", "write at least version, targets, prompts and scenarios");
        }

        var root = Next(1);
        _events.Consume<DocumentEnd>();
        if (_events.TryConsume<DocumentStart>(out var second))
        {
            throw Refuse(second, "a second YAML document", "keep one document a file and remove the line ---");
        }

        return root.Size > MostNodes
            ? throw new RefusedException(root.Place, $"more than {MostNodes} values after aliases are expanded",
                "use fewer aliases")
            : root;
    }

    private Node Next(int depth)
    {
        if (depth > DeepestNesting)
        {
            throw Refuse(_events.Current, $"nesting deeper than {DeepestNesting} levels", "nest less; no key needs that depth");
        }

        if (++_nodes > MostNodes)
        {
            throw Refuse(_events.Current, $"more than {MostNodes} values", "keep prompts in files of their own");
        }

        if (_events.TryConsume<AnchorAlias>(out var alias))
        {
            return Aliased(alias, depth);
        }

        if (_events.Current is not NodeEvent current)
        {
            throw Refuse(_events.Current, "this is not YAML", "check the indentation and the quotes here");
        }

        if (!current.Tag.IsEmpty)
        {
            throw Refuse(current, $"the tag {Shown.Quoted(current.Tag.ToString())}", "remove it; types follow from the keys");
        }

        Node node = current switch
        {
            YamlDotNet.Core.Events.Scalar => OneScalar(),
            SequenceStart => List(depth),
            MappingStart => Map(depth),
            _ => throw Refuse(current, "this is not YAML", "check the indentation and the quotes here"),
        };
        if (!current.Anchor.IsEmpty)
        {
            _anchors[current.Anchor.Value] = node;
        }

        return node;
    }

    private Node Aliased(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var node))
        {
            throw Refuse(alias, $"the alias {Shown.Quoted(alias.Value.Value)} has no anchor before it",
                "define it first with &, or write the value out");
        }

        if (depth + node.Depth - 1 > DeepestNesting)
        {
            throw Refuse(alias, $"nesting deeper than {DeepestNesting} levels", "nest less; no key needs that depth");
        }

        // A chain of aliases grows exponentially: refuse as soon as one node stands for too many.
        return node.Size > MostNodes
            ? throw Refuse(alias, $"more than {MostNodes} values after aliases are expanded", "use fewer aliases")
            : node;
    }

    private Scalar OneScalar()
    {
        var scalar = _events.Consume<YamlDotNet.Core.Events.Scalar>();
        var style = scalar.Style;
        return new Scalar(
            At(scalar.Start), scalar.Value, style is not (ScalarStyle.Plain or ScalarStyle.Any),
            style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted ? 1 : 0);
    }

    private ListNode List(int depth)
    {
        var start = _events.Consume<SequenceStart>();
        var items = new List<Node>();
        while (!_events.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Next(depth + 1));
        }

        return new ListNode(At(start.Start), items);
    }

    private MapNode Map(int depth)
    {
        var start = _events.Consume<MappingStart>();
        var entries = new List<MapEntry>();
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        while (!_events.TryConsume<MappingEnd>(out _))
        {
            if (_events.Current is not YamlDotNet.Core.Events.Scalar { Tag.IsEmpty: true })
            {
                throw Refuse(_events.Current, "a key that is not text", "write keys as plain words");
            }

            var key = OneScalar();
            var value = Next(depth + 1);
            if (places.TryAdd(key.Text, key.Place))
            {
                entries.Add(new MapEntry(key, value));
            }
            else
            {
                var first = places[key.Text];
                _reading.Report(key.Place, $"the key {Shown.Quoted(key.Text)} stands here a second time",
                    FormattableString.Invariant($"keep one; the first is at line {first.Line}"));
            }
        }

        return new MapNode(At(start.Start), entries);
    }

    private Place At(Mark mark) => new((int)mark.Line, (int)mark.Column, _override);

    private RefusedException Refuse(ParsingEvent? at, string wrong, string right) =>
        new(At(at?.Start ?? Mark.Empty), wrong, right);

    private static string FirstSentence(string message) => message.TrimEnd('.').ReplaceLineEndings(" ");

    private static string Remedy(string text, Mark at)
    {
        var line = text.Split('\n').ElementAtOrDefault((int)at.Line - 1) ?? "";
        return line.TrimStart(' ').StartsWith('\t')
            ? "indent with spaces, not with tabs"
            : "check the indentation, the quotes and the brackets here";
    }

    /// <summary>Leaves the recursion; never leaves this class.</summary>
    private sealed class RefusedException(Place place, string wrong, string right) : Exception(wrong)
    {
        public Place Place => place;
        public string Right => right;
    }
}
