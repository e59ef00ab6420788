namespace Unreel.Synthesize.Rendering;

/// <summary>The first and last pixel of an object in every row of the canvas: exactly the pixels whose sample point it holds.</summary>
internal sealed class Spans(int side)
{
    private readonly int[] _first = new int[(side + 63) / 64 * 64];
    private readonly int[] _last = new int[(side + 63) / 64 * 64];

    /// <summary>First pixel of a row; may lie off the canvas.</summary>
    public ReadOnlySpan<int> First => _first;

    /// <summary>Last pixel of a row, smaller than the first where the object has none.</summary>
    public ReadOnlySpan<int> Last => _last;

    /// <summary>Every row from border to border.</summary>
    public void SetWhole()
    {
        _first.AsSpan().Clear();
        _last.AsSpan().Fill(side - 1);
    }

    /// <summary>Traces rows <paramref name="top"/> to <paramref name="bottom"/>, ends included, which lie on the canvas and in the outline's box. Their neighbours up to a multiple of four are empty.</summary>
    public void Trace(in Outline outline, int top, int bottom)
    {
        Empty(top & ~3, top);
        Empty(bottom + 1, (bottom | 3) + 1);
        if (outline.Corners == 0)
            TraceEllipse(outline, top, bottom);
        else
            TracePolygon(outline, top, bottom);
    }

    private void Empty(int from, int end)
    {
        for (int row = from; row < end; row++)
            (_first[row], _last[row]) = (side, -1);
    }

    // A row of a convex polygon lies between the edges that cross it; where two meet in the row they agree.
    private void TracePolygon(in Outline outline, int top, int bottom)
    {
        bool clockwise = outline.DoubleArea() > 0;
        for (int i = 0; i < outline.Corners; i++)
        {
            int next = i + 1 == outline.Corners ? 0 : i + 1;
            long rise = outline.Y[next] - outline.Y[i];
            if (rise > 0)
                TraceEdge(outline.X[i], outline.Y[i], outline.X[next], outline.Y[next], top, bottom, isRight: clockwise);
            else if (rise < 0)
                TraceEdge(outline.X[next], outline.Y[next], outline.X[i], outline.Y[i], top, bottom, isRight: !clockwise);
        }
    }

    // Rows step by whole numbers with a remainder, so that no row is off by a rounding.
    private void TraceEdge(long x, long y, long endX, long endY, int top, int bottom, bool isRight)
    {
        int from = (int)Math.Max(top, (y + Outline.Unit - 1) >> 8);
        int to = (int)Math.Min(bottom, endY >> 8);
        if (from > to)
            return;

        long run = endX - x, divisor = (endY - y) * Outline.Unit;
        long dividend = (x * (endY - y)) + ((((long)from * Outline.Unit) - y) * run);
        if (!isRight)
            dividend += divisor - 1;

        (long pixel, long rest) = FloorDivide(dividend, divisor);
        (long step, long restStep) = FloorDivide(run * Outline.Unit, divisor);
        Span<int> rows = (isRight ? _last : _first).AsSpan(from, to - from + 1);
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = (int)pixel;
            pixel += step;
            rest += restStep;
            if (rest >= divisor)
            {
                rest -= divisor;
                pixel++;
            }
        }
    }

    private void TraceEllipse(in Outline outline, int top, int bottom)
    {
        for (int row = top; row <= bottom; row++)
        {
            long dy = ((long)row * Outline.Unit) - outline.CentreY;
            double middle = outline.CentreX + (outline.Slant * dy);
            double half = Math.Sqrt(Math.Max(0, outline.Widest - (outline.Taper * dy * dy)));
            int first = (int)Math.Ceiling((middle - half) * (1.0 / Outline.Unit));
            int last = (int)Math.Floor((middle + half) * (1.0 / Outline.Unit));

            // The root is an estimate; the integers have the last word on the pixels next to it.
            long linear = 2 * outline.B * dy, constant = (outline.C * dy * dy) - Outline.Edge;
            while (Holds(outline, first - 1, linear, constant))
                first--;

            while (first <= last && !Holds(outline, first, linear, constant))
                first++;

            while (Holds(outline, last + 1, linear, constant))
                last++;

            while (first <= last && !Holds(outline, last, linear, constant))
                last--;

            (_first[row], _last[row]) = (first, last);
        }
    }

    // Single products may wrap, the sum near the edge does not.
    private static bool Holds(in Outline outline, int column, long linear, long constant)
    {
        long dx = ((long)column * Outline.Unit) - outline.CentreX;
        return unchecked((((outline.A * dx) + linear) * dx) + constant) <= 0;
    }

    private static (long Quotient, long Remainder) FloorDivide(long dividend, long divisor)
    {
        (long quotient, long rest) = Math.DivRem(dividend, divisor);
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest);
    }
}
