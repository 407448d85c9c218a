using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>The run options of a runner's calls, which are broken off together.</summary>
internal sealed class CallOptions : IDisposable
{
    /// <summary>ONNX Runtime's <c>kOrtRunOptionsConfigCudaGraphAnnotation</c>: which captured graph a run is, -1 for none; 0 is reserved.</summary>
    public const string GraphKey = "gpu_graph_id";

    // Guards _all and _terminated: calls are broken off from any thread.
    private readonly Lock _lock = new();
    private readonly List<RunOptions> _all = [];
    private readonly bool _graphs;
    private bool _terminated;

    /// <param name="graphs">The session captures CUDA graphs; calls that name none are kept out of that.</param>
    public CallOptions(bool graphs)
    {
        _graphs = graphs;
        Plain = Add(graph: -1);
    }

    /// <summary>For calls of any shape.</summary>
    public RunOptions Plain { get; }

    /// <summary>For calls that all have the same shape and addresses.</summary>
    /// <param name="graph">From 1 on, another for every shape.</param>
    public RunOptions Add(int graph)
    {
        var options = new RunOptions();
        if (_graphs)
        {
            options.AddRunConfigEntry(GraphKey, graph.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        lock (_lock)
        {
            _all.Add(options);
            options.Terminate = _terminated;
        }

        return options;
    }

    public void Terminate()
    {
        lock (_lock)
        {
            _terminated = true;
            _all.ForEach(options => options.Terminate = true);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _all.ForEach(options => options.Dispose());
            _all.Clear();
        }
    }
}
