"""Units, X-ray attenuation, speciation and saturation: numbers in, numbers out."""
