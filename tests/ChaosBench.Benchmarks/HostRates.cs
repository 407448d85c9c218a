using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Benchmarks;

/// <summary>What one core of this machine can do: the best of some windows, because what disturbs only ever slows.</summary>
internal static class HostRates
{
    // Short ones: some of them fall between two of the neighbours' turns.
    private const int Windows = 400;
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(2);

    // A graph of one node: c [m, n] = MatMul(a [m, k], b [k, n]), f32, opset 13.
    private const string MatMulGraph =
        "CAcSADpbChEKAWEKAWISAWMiBk1hdE11bBIBZ1oVCgFhEhAKDggBEgoKAxIBbQoDEgFrWhUKAWISEAoOCAESCgoDEgFrCgMSAW5iFQoBYxIQCg4IARIKCgMSAW0KAxIBbkIECgAQDQ==";

    /// <summary>Bytes per second of reading so many bytes again and again, as a step reads its weights and keys.</summary>
    public static double Bandwidth(long bytes)
    {
        var data = GC.AllocateUninitializedArray<float>(checked((int)(bytes / sizeof(float))), pinned: true);
        // Written, because the kernel shows every page that nobody wrote as one and the same page of zeros.
        Array.Fill(data, 1f);
        var kept = 0f;
        var best = Best(() => kept += TensorPrimitives.Sum<float>(data));
        GC.KeepAlive(kept);
        return best * data.Length * sizeof(float);
    }

    /// <summary>Floating-point operations per second of ONNX Runtime's own matrix product on one thread, 512 x 512 x 512.</summary>
    public static double MatrixProduct()
    {
        const int side = 512;
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        using var session = new InferenceSession(Convert.FromBase64String(MatMulGraph), options);
        using var binding = session.CreateIoBinding();
        using var run = new RunOptions();
        var values = Enumerable.Range(0, 3).Select(_ => Matrix(side)).ToArray();
        binding.BindInput("a", values[0]);
        binding.BindInput("b", values[1]);
        binding.BindOutput("c", values[2]);
        var best = Best(() => session.RunWithBinding(run, binding));
        Array.ForEach(values, value => value.Dispose());
        return best * 2.0 * side * side * side;
    }

    private static OrtValue Matrix(int side)
    {
        var data = GC.AllocateArray<float>(side * side, pinned: true);
        Array.Fill(data, 0.5f);
        return OrtValue.CreateTensorValueFromMemory(data, [side, side]);
    }

    /// <summary>Calls per second.</summary>
    private static double Best(Action call)
    {
        call();
        var best = 0.0;
        for (var window = 0; window < Windows; window++)
        {
            var (from, calls) = (Machine.Clock.GetTimestamp(), 0);
            do
            {
                call();
                calls++;
            }
            while (Machine.Clock.GetElapsedTime(from) < Window);

            best = Math.Max(best, calls / Machine.Clock.GetElapsedTime(from).TotalSeconds);
        }

        return best;
    }
}
