using ChaosBench.Server.Embeddings;

namespace ChaosBench.Tests.Server.Embeddings;

public sealed class OutputHeadTests
{
    // Two tokens of two numbers, and a third position of padding that nothing may read.
    private static readonly float[] Tokens = [3, 0, 5, 8, float.NaN, float.NaN];

    [Theory]
    [InlineData("None", new float[] { 3, 0 })]
    [InlineData("First", new float[] { 3, 0 })]
    [InlineData("Mean", new float[] { 4, 4 })]
    [InlineData("Max", new float[] { 5, 8 })]
    public void Apply_Pooling_LeavesPaddingOut(string pooling, float[] expected) =>
        Assert.Equal(expected, new OutputHead(Enum.Parse<Pooling>(pooling), Scale.None).Apply(Tokens, tokens: 2, width: 2));

    [Theory]
    [InlineData("UnitLength", new float[] { 3, 4 }, new[] { 0.6f, 0.8f })]
    [InlineData("UnitLength", new float[] { 0, 0 }, new float[] { 0, 0 })]
    [InlineData("Softmax", new float[] { 1000, 1000 }, new[] { 0.5f, 0.5f })]
    [InlineData("Softmax", new float[] { 0, 1.0986123f }, new[] { 0.25f, 0.75f })]
    [InlineData("Sigmoid", new float[] { 0, -1000 }, new[] { 0.5f, 0 })]
    public void Apply_Scale_IsStable(string scale, float[] vector, float[] expected)
    {
        var actual = new OutputHead(Pooling.None, Enum.Parse<Scale>(scale)).Apply(vector, tokens: 1, width: 2);

        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }
}
