"""Every measurement: `make bench`."""

from bench import cleaning, embedding

if __name__ == "__main__":
    cleaning.main()
    embedding.main()
