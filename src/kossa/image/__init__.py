"""Array kernels that know no medicine: runs and union-find, filters, distances."""
