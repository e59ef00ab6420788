namespace Unreel.Pipelines;

/// <summary>A stage as the file declares it, before its matrix is expanded.</summary>
internal sealed record StageDeclaration
{
    public required string Id { get; init; }

    public required Position At { get; init; }

    public required StageDescription Stage { get; init; }

    /// <summary>The artifact's name, or null for the default.</summary>
    public ScalarNode? Name { get; init; }

    public ScalarNode? Tag { get; init; }

    public IReadOnlyList<ScalarNode> Needs { get; init; } = [];

    public IReadOnlyList<MatrixAxis> Matrix { get; init; } = [];

    /// <summary>What it takes of a machine, or null where that is left to its kind.</summary>
    public MapNode? Resources { get; init; }

    public required MapNode Options { get; init; }

    /// <summary>One instance for each cell of the matrix, the last axis running fastest; one in all without a matrix.</summary>
    public IEnumerable<StageInstance> Expand()
    {
        IEnumerable<IReadOnlyList<MatrixValue>> cells = [[]];
        foreach (MatrixAxis axis in Matrix)
            cells = cells.SelectMany(cell => axis.Values.Select(value => (IReadOnlyList<MatrixValue>)[.. cell, new MatrixValue(axis.Name, value)]));

        return cells.Select(cell => new StageInstance(this, cell));
    }
}

/// <summary>An axis of a matrix with its values.</summary>
internal sealed record MatrixAxis(string Name, IReadOnlyList<ScalarNode> Values);

/// <summary>The value that one instance has on one axis.</summary>
internal sealed record MatrixValue(string Axis, ScalarNode Value);

/// <summary>One stage to run: a declaration with a value for each axis of its matrix.</summary>
internal sealed record StageInstance(StageDeclaration Declaration, IReadOnlyList<MatrixValue> Cell)
{
    /// <summary>The declared id, followed by <c>[axis=value,…]</c> under a matrix.</summary>
    public string Id { get; } = Cell.Count == 0
        ? Declaration.Id
        : $"{Declaration.Id}[{string.Join(',', Cell.Select(value => $"{value.Axis}={value.Value.Text}"))}]";

    public ScalarNode? ValueOf(string axis) => Cell.FirstOrDefault(value => value.Axis == axis)?.Value;

    /// <summary>Whether both have the same value on every axis they share.</summary>
    public bool Pairs(StageInstance other) =>
        Cell.All(value => other.ValueOf(value.Axis) is not { } theirs || theirs.Text == value.Value.Text);
}
