using System.Text.Json;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

/// <summary>Short ways to the inputs of a vector.</summary>
internal static class Inputs
{
    public static double Number(this JsonElement inputs, string name) => inputs.GetProperty(name).GetDouble();

    public static int Whole(this JsonElement inputs, string name) => inputs.GetProperty(name).GetInt32();

    public static string Text(this JsonElement inputs, string name) => inputs.GetProperty(name).GetString()!;

    public static double[] Numbers(this JsonElement inputs, string name) => Numbers(inputs.GetProperty(name));

    public static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];

    public static long[] Counts(this JsonElement inputs, string name) => [.. inputs.GetProperty(name).EnumerateArray().Select(number => number.GetInt64())];

    public static string[] Texts(this JsonElement inputs, string name) => [.. inputs.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    public static float[][] Vectors(this JsonElement inputs, string name) =>
        [.. inputs.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(number => number.GetSingle()).ToArray())];

    public static double[] Pair(this (double Low, double High) bounds) => [bounds.Low, bounds.High];
}
