"""The loops over pixels that films are read with; each has its plain numpy twin in the tests."""
