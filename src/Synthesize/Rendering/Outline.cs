using System.Runtime.CompilerServices;

namespace Unreel.Synthesize.Rendering;

/// <summary>
/// Where an object lies in one frame, in 1/256 of a pixel. Pixel (x, y) is sampled at (256 x, 256 y) and belongs to the
/// object if that point lies inside or on the edge; all of it is decided in integers.
/// </summary>
/// <remarks>
/// Either a convex polygon of three or four corners, or an ellipse
/// A dx^2 + 2 B dx dy + C dy^2 &lt;= <see cref="Edge"/> about (<see cref="CentreX"/>, <see cref="CentreY"/>).
/// A mutable value that the renderer reuses from object to object.
/// </remarks>
internal struct Outline
{
    /// <summary>Parts of a pixel.</summary>
    public const int Unit = 256;

    /// <summary>The value of the ellipse's form on its edge.</summary>
    public const long Edge = 1L << 52;

    // An ellipse thinner than this many units hardly holds a sample point and would need larger integers.
    private const double Thinnest = 16;

    /// <summary>Corners of the polygon; 0 for an ellipse.</summary>
    public int Corners;

    /// <summary>The corners, in order, either way round.</summary>
    public Quad X;

    /// <inheritdoc cref="X"/>
    public Quad Y;

    /// <summary>The ellipse's form, rounded to integers.</summary>
    public long A;

    /// <inheritdoc cref="A"/>
    public long B;

    /// <inheritdoc cref="A"/>
    public long C;

    /// <summary>The ellipse's centre.</summary>
    public long CentreX;

    /// <inheritdoc cref="CentreX"/>
    public long CentreY;

    /// <summary>For a row dy below the centre the chord's middle is <c>Slant * dy</c>, half its length <c>sqrt(Widest - Taper * dy^2)</c>; both to a fraction of a unit.</summary>
    public double Slant;

    /// <inheritdoc cref="Slant"/>
    public double Widest;

    /// <inheritdoc cref="Slant"/>
    public double Taper;

    /// <summary>The pixels that can belong to the object, ends included, not yet cut to the canvas.</summary>
    public int Left;

    /// <inheritdoc cref="Left"/>
    public int Right;

    /// <inheritdoc cref="Left"/>
    public int Top;

    /// <inheritdoc cref="Left"/>
    public int Bottom;

    /// <summary>Rounds to the nearest unit.</summary>
    public static long ToUnits(double pixels) => (long)Math.Floor((pixels * Unit) + 0.5);

    /// <summary>
    /// Sets the box of a polygon whose corners are in place. False if it has no area. A corner that the rounding to units
    /// turned inwards is left out, so that the polygon is convex for good.
    /// </summary>
    public bool ClosePolygon()
    {
        long area = DoubleArea();
        if (area == 0)
            return false;

        if (Corners == 4)
            LeaveOutDent(Math.Sign(area));

        long left = X[0], right = X[0], top = Y[0], bottom = Y[0];
        for (int i = 1; i < Corners; i++)
        {
            left = Math.Min(left, X[i]);
            right = Math.Max(right, X[i]);
            top = Math.Min(top, Y[i]);
            bottom = Math.Max(bottom, Y[i]);
        }

        (Left, Right, Top, Bottom) = (Inward(left), Outward(right), Inward(top), Outward(bottom));
        return Corners == 4 || DoubleArea() != 0;
    }

    /// <summary>Twice the polygon's area, negative if its corners go round the other way.</summary>
    public readonly long DoubleArea()
    {
        long area = 0;
        for (int i = 0; i < Corners; i++)
        {
            int next = i + 1 == Corners ? 0 : i + 1;
            area += (X[i] * Y[next]) - (X[next] * Y[i]);
        }

        return area;
    }

    private void LeaveOutDent(int way)
    {
        for (int i = 0; i < 4; i++)
        {
            int before = (i + 3) & 3, after = (i + 1) & 3;
            long turn = ((X[i] - X[before]) * (Y[after] - Y[i])) - ((Y[i] - Y[before]) * (X[after] - X[i]));
            if (turn * way >= 0)
                continue;

            for (int k = i; k < 3; k++)
                (X[k], Y[k]) = (X[k + 1], Y[k + 1]);

            Corners = 3;
            return;
        }
    }

    /// <summary>
    /// Becomes the image of the unit circle under a matrix, in pixels, about a centre in pixels. False if it is too thin to be seen.
    /// </summary>
    public bool SetEllipse(double centreX, double centreY, double m00, double m01, double m10, double m11)
    {
        (m00, m01, m10, m11) = (m00 * Unit, m01 * Unit, m10 * Unit, m11 * Unit);
        double rowX = (m00 * m00) + (m01 * m01);
        double rowY = (m10 * m10) + (m11 * m11);
        double cross = (m00 * m10) + (m01 * m11);
        double determinant = (m00 * m11) - (m01 * m10);
        double square = determinant * determinant;

        // The thinner half axis is at least determinant / the longer one, and that at most the root of both rows' sum.
        if (square < Thinnest * Thinnest * (rowX + rowY))
            return false;

        Corners = 0;
        (CentreX, CentreY) = (ToUnits(centreX), ToUnits(centreY));
        A = (long)Math.Floor((Edge * (rowY / square)) + 0.5);
        B = (long)Math.Floor((Edge * (-cross / square)) + 0.5);
        C = (long)Math.Floor((Edge * (rowX / square)) + 0.5);
        (Slant, Widest, Taper) = (cross / rowY, square / rowY, square / (rowY * rowY));

        // A unit more than the exact extent makes up for the rounded coefficients.
        long reachX = (long)Math.Ceiling(Math.Sqrt(rowX)) + 2;
        long reachY = (long)Math.Ceiling(Math.Sqrt(rowY)) + 2;
        (Left, Right) = (Inward(CentreX - reachX), Outward(CentreX + reachX));
        (Top, Bottom) = (Inward(CentreY - reachY), Outward(CentreY + reachY));
        return true;
    }

    private static int Inward(long units) => (int)((units + Unit - 1) >> 8);

    private static int Outward(long units) => (int)(units >> 8);

    /// <summary>Four coordinates.</summary>
    [InlineArray(4)]
    public struct Quad
    {
        private long _first;
    }
}
