using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Splits;

/// <summary>
/// Gives each row of a table that is read once, from its beginning to its end, its part, with the same share of every class. The
/// first row of each class is for training, so that no class is unknown there. The test part does not depend on the seed.
/// </summary>
/// <param name="test">Share of all rows.</param>
/// <param name="validation">Share of the rows that are not for testing.</param>
/// <param name="seed">Decides the validation part.</param>
internal sealed class RowSplitter(double test, double validation, ulong seed)
{
    /// <summary>The test draw's second key; <see cref="Splitter.HoldOutTest"/> has the same.</summary>
    private const ulong TestStream = 1;

    private readonly List<(JitteredDraw Test, JitteredDraw Validation)> _classes = [];

    /// <summary>The part of the next row of a class; classes are numbered from 0 in the order of their first rows.</summary>
    public RowPart Next(int @class)
    {
        if (@class == _classes.Count)
        {
            _classes.Add((
                new JitteredDraw(test, new CounterRandom(0, RandomPurpose.Split, (ulong)@class, TestStream)),
                new JitteredDraw(validation, new CounterRandom(seed, RandomPurpose.Split, (ulong)@class))));
            return RowPart.Train;
        }
        var draws = _classes[@class];
        return draws.Test.Next() ? RowPart.Test : draws.Validation.Next() ? RowPart.Validation : RowPart.Train;
    }
}
