// Does nothing: what every Swift program pays, linked as adr is.
