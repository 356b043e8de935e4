namespace OnnxPipeline.Models.Zoo;

/// <summary>How many numbers a category of a column with n categories becomes.</summary>
public enum EmbeddingRule
{
    /// <summary>n/2 rounded up, at most 50 (Guo and Berkhahn 2016 choose within 1 to n − 1; this is the usual rule of thumb).</summary>
    Half,

    /// <summary>1.6·n^0.56 rounded, at most 600: the rule of fastai.</summary>
    Power,

    /// <summary>√n rounded down: the rule of Keras' examples.</summary>
    SquareRoot,
}
