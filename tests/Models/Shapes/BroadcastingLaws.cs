using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models.Tests.Shapes;

public sealed class BroadcastingLaws
{
    private static readonly Arbitrary<TensorShape> Shapes = (
        from dimensions in Gen.Elements<Dimension>(1, 1, 2, 3, 0, "n", "m", Dimension.Unknown).ListOf()
        select new TensorShape([.. dimensions.Take(4)])).ToArbitrary();

    [Fact]
    public void Broadcasting_is_commutative() => Prop.ForAll(Shapes, Shapes, (a, b) =>
        Equals(Broadcasting.Broadcast(a, b), Broadcasting.Broadcast(b, a))).QuickCheckThrowOnFailure();

    [Fact]
    public void Broadcasting_is_associative_where_it_is_defined() => Prop.ForAll(Shapes, Shapes, Shapes, (a, b, c) =>
        Broadcasting.Broadcast(a, b) is not { } ab || Broadcasting.Broadcast(b, c) is not { } bc || Equals(Broadcasting.Broadcast(ab, c), Broadcasting.Broadcast(a, bc)))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void A_scalar_changes_nothing_and_a_shape_is_kept_by_itself() => Prop.ForAll(Shapes, a =>
        Equals(Broadcasting.Broadcast(a, TensorShape.Scalar), a) && Equals(Broadcasting.Broadcast(a, a), a)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(2L, 3L, null)]
    [InlineData(1L, 3L, "3")]
    [InlineData(1L, 0L, "0")]
    [InlineData(2L, 0L, null)]
    public void Sizes_follow_NumPy(long a, long b, string? expected) => Assert.Equal(expected, Broadcasting.Broadcast((Dimension)a, b)?.ToString());

    [Fact]
    public void A_symbol_beside_a_size_is_that_size_and_beside_another_symbol_unknown()
    {
        Assert.Equal("5", Broadcasting.Broadcast((Dimension)"n", 5)?.ToString());
        Assert.Equal("n", Broadcasting.Broadcast((Dimension)"n", "n")?.ToString());
        Assert.Equal("?", Broadcasting.Broadcast((Dimension)"n", "m")?.ToString());
    }
}
