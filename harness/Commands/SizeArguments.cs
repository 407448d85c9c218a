using System.CommandLine;
using ChaosBench.Server;

namespace ChaosBench.Harness.Commands;

/// <summary>What <c>serve</c> is told about the sizes of a replica; its memory is taken once from these.</summary>
internal sealed class SizeArguments
{
    private readonly Option<int> _batch = new("--max-batch")
    {
        Description = "Requests that one replica decodes together", DefaultValueFactory = _ => 16, HelpName = "N",
        CustomParser = OptionValues.Whole<int>(1, 1_024),
    };

    private readonly Option<int> _context = new("--max-context")
    {
        Description = "Positions of one request, prompt and answer together; the model's own without it", HelpName = "N",
        CustomParser = OptionValues.Whole<int>(2, 1 << 20),
    };

    public void AddTo(Command command)
    {
        command.Add(_batch);
        command.Add(_context);
    }

    public ServerOptions Apply(ParseResult parsed, ServerOptions options) => options with
    {
        MaxBatch = parsed.GetValue(_batch),
        MaxContext = parsed.GetValue(_context) is var context && context > 0 ? context : null,
    };
}
