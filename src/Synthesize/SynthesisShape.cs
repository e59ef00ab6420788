namespace Unreel.Synthesize;

/// <summary>Kinds of objects. All but the circle are convex polygons in a box of side 2r whose corner is the object's position.</summary>
public enum SynthesisShape
{
    /// <summary>A disc about the object's position; an ellipse where circles take part in transforms.</summary>
    Circle,

    /// <summary>The whole box, axis-aligned.</summary>
    Square,

    /// <summary>A square inscribed in the box's circle, at a random angle.</summary>
    OrientedSquare,

    /// <summary>An axis-aligned rectangle inscribed in the box's circle; its diagonal's angle is uniform over 22.5 to 67.5 degrees (the sources give no figure).</summary>
    Rectangle,

    /// <summary>Three random points of the box's circle.</summary>
    Triangle,

    /// <summary>Four random points of the box's circle.</summary>
    Quadrilateral,
}

/// <summary>What is seen where no object is.</summary>
public enum SynthesisBackground
{
    /// <summary>Black.</summary>
    Black,

    /// <summary>One random colour a video.</summary>
    Colour,

    /// <summary>One random texture a video, filling the canvas.</summary>
    Image,
}
