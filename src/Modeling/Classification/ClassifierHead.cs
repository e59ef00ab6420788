namespace Unreel.Modeling;

/// <summary>What is put on the encoder.</summary>
public enum ClassifierHead
{
    /// <summary>The mean of all tokens, a norm, a linear layer.</summary>
    Linear,

    /// <summary>
    /// The same with a batch norm without scale and shift before the linear layer, as MAE's linear probe has it. It is folded
    /// into the linear layer at the end, so that what comes out is a <see cref="Linear"/> head.
    /// </summary>
    BatchNorm,

    /// <summary>A learned query that looks at all tokens through one block of cross-attention, a norm, a linear layer, as V-JEPA and VideoPrism probe.</summary>
    Attentive,
}

/// <summary>How a classifier makes one vector of all tokens.</summary>
public enum TokenPooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Cross-attention from a learned query; the weights' names begin with <c>pool.</c>.</summary>
    Attentive,
}
