"""People in pictures: their faces, their outline, how they stand. Google's small networks, run by LiteRT on the CPU; here
is all that is around them, written from what their model cards and published graphs say."""
