/// A row of the model's embedding table: the number that stands for one piece of text.
public typealias TokenID = Int32
